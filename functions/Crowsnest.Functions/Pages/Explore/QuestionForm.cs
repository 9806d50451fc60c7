namespace Crowsnest.Functions.Pages.Explore;

/// <summary>A question as a form.</summary>
/// <param name="Kind">Which question.</param>
/// <param name="Title">The question in words.</param>
/// <param name="Fields">Names of its fields, what they are called, and an example each.</param>
internal sealed record QuestionForm(string Kind, string Title, IReadOnlyList<(string Name, string Label, string Example)> Fields)
{
    internal static IReadOnlyList<QuestionForm> All { get; } =
    [
        new("who", "Who had access to it, by which grant, and who used it?",
        [
            ("resource", "Resource", "secrets/shop/db"),
            ("could", "Who could, too (1 for yes)", ""),
        ]),
        new("what", "What did they do?",
        [
            ("user", "User or service account", "system:serviceaccount:shop:web"),
            ("source", "Address or network", "10.1.2.0/24"),
            ("token", "Token id", ""),
            ("pod", "Pod", "shop/web-1"),
        ]),
        new("timeline", "What happened to it, and what changed?", [("object", "Object", "deployments/shop/cart")]),
        new("where", "What did the actors of an incident touch next?",
        [
            ("incident", "Incident", "its id"),
            ("day", "Day on which it began", "2026-11-02"),
            ("hours", "Hours after", "24"),
        ]),
        new("tools", "Which clients appeared, the newest first?",
        [
            ("user", "Of whom", ""),
            ("resource", "On what", "secrets/shop"),
        ]),
        new("event", "What does the record say?", [("id", "Audit id", "")]),
        new("sql", "Anything else, in SQL over the views events, ledger and detections",
            [("query", "Query", "SELECT verb, sum(count) AS requests FROM ledger GROUP BY verb ORDER BY requests DESC")]),
    ];
}
