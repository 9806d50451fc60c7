using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Cli.Policy;

/// <summary>The rules that a policy must keep sighted.</summary>
/// <param name="Rules">The rules, those that chosen correlations are made of among them.</param>
/// <param name="Ids">Ids of rules and correlations whose detections must stay.</param>
internal sealed record KeptRules(IReadOnlyList<SigmaRule> Rules, IReadOnlySet<string> Ids)
{
    /// <summary>Chooses by names, ids and severities; none chooses all.</summary>
    /// <exception cref="UsageException">A word is none of these.</exception>
    internal static KeptRules Of(RuleSet rules, IReadOnlyList<string> words)
    {
        if (words.Count == 0)
        {
            return new(
                [.. rules.Rules.Where(static rule => !rule.IsOff)],
                new HashSet<string>(rules.Rules.Select(static rule => rule.Reference.Id)
                    .Concat(rules.Correlations.Select(static one => one.Reference.Id))));
        }

        HashSet<string> ids = new(StringComparer.OrdinalIgnoreCase);
        foreach (string word in words)
        {
            bool isSeverity = Enum.TryParse(word, ignoreCase: true, out Severity from) && char.IsLetter(word[0]);
            bool Is(string id, string label, Severity severity) => isSeverity ? severity >= from
                : word.Equals(id, StringComparison.OrdinalIgnoreCase) || word.Equals(label, StringComparison.OrdinalIgnoreCase);
            string[] found =
            [
                .. rules.Rules.Where(rule => Is(rule.Reference.Id, rule.Label, rule.Severity)).Select(static rule => rule.Reference.Id),
                .. rules.Correlations.Where(rule => Is(rule.Reference.Id, Label(rule), rule.Severity))
                    .Select(static rule => rule.Reference.Id),
            ];
            ids.UnionWith(found.Length > 0 ? found
                : throw new UsageException($"--keep {word}: no rule or correlation has that name or id, and it is no severity"));
        }

        HashSet<string> parts = new(ids, StringComparer.OrdinalIgnoreCase);
        foreach (CorrelationRule correlation in rules.Correlations.Reverse())
        {
            // Each stands after those that it is made of.
            parts.UnionWith(parts.Contains(correlation.Reference.Id) ? correlation.Rules : []);
        }

        return new([.. rules.Rules.Where(rule => !rule.IsOff && parts.Contains(rule.Reference.Id))], ids);
    }

    private static string Label(CorrelationRule rule) =>
        rule.Name.Length > 0 ? rule.Name : Path.GetFileNameWithoutExtension(rule.File);
}
