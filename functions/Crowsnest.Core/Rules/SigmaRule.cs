using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Rules;

/// <summary>A loaded Sigma rule.</summary>
public sealed class SigmaRule
{
    private static readonly string[] Reads = ["get", "list", "watch"];

    internal SigmaRule(RuleReference reference, Matcher matcher)
    {
        Reference = reference;
        Matcher = matcher;
    }

    public RuleReference Reference { get; }

    /// <summary>The short name by which filters and correlations may refer to the rule, or empty.</summary>
    public string Name { get; init; } = "";

    /// <summary>What to call it in a list: its name, or its file's when it has none.</summary>
    public string Label => Name.Length > 0 ? Name : Path.GetFileNameWithoutExtension(File);

    public string Description { get; init; } = "";

    public Severity Severity { get; init; }

    /// <summary>The most that it weighs when an identity of the platform did it, or null when that makes no difference.</summary>
    public Severity? OfPlatform { get; init; }

    /// <summary>The same for the control plane only: a node that does it is judged in full, since no kubelet does.</summary>
    public Severity? OfControlPlane { get; init; }

    /// <summary>ATT&amp;CK tactics in lower case with dashes.</summary>
    public IReadOnlyList<string> Tactics { get; init; } = [];

    /// <summary>ATT&amp;CK techniques in upper case.</summary>
    public IReadOnlyList<string> Techniques { get; init; } = [];

    /// <summary>Ids of the Microsoft threat matrix for Kubernetes, for example <c>MS-TA9018</c>.</summary>
    public IReadOnlyList<string> ThreatMatrix { get; init; } = [];

    public IReadOnlyList<string> FalsePositives { get; init; } = [];

    /// <summary>The AKS log categories in which its events come; without any of them it is blind.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Name of the rule that fires when the body that this one reads is missing, or empty.</summary>
    public string Degraded { get; init; } = "";

    /// <summary>Rows of the field's table of behaviours that the rule serves.</summary>
    public IReadOnlyList<int> Rows { get; init; } = [];

    /// <summary>Named lists without which the rule says nothing; while one is empty it is off.</summary>
    public IReadOnlyList<string> Requires { get; init; } = [];

    /// <summary>True while a list that it requires is empty.</summary>
    public bool IsOff { get; init; }

    /// <summary>True when it reads the request's or response's body.</summary>
    public bool ReadsBody { get; init; }

    /// <summary>Names of the fields that it asks for.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>What the linter says.</summary>
    public IReadOnlyList<RuleNote> Notes { get; init; } = [];

    /// <summary>The file the rule came from.</summary>
    public string File { get; init; } = "";

    /// <summary>The verbs that an event must have one of, in lower case, or null for any.</summary>
    public IReadOnlySet<string>? Verbs => Matcher.Required("verb");

    /// <summary>The resources that an event must have one of, in lower case, or null for any.</summary>
    public IReadOnlySet<string>? Resources => Matcher.Required("objectRef.resource");

    internal Matcher Matcher { get; private set; }

    /// <summary>Its severity when such a principal did it.</summary>
    internal Severity SeverityOf(PrincipalClass principal)
    {
        Severity? most = principal == PrincipalClass.Node ? OfPlatform : principal.IsPlatform() ? OfPlatform ?? OfControlPlane : null;
        return most < Severity ? most.Value : Severity;
    }

    /// <summary>True when the rule matches the event.</summary>
    public bool IsMatch(EventView view) => Matcher.IsMatch(view) && !ChangesNothing(view);

    /// <summary>The same for an event of which <see cref="MayMatch"/> was true.</summary>
    internal bool Completes(EventView view) => Matcher.Completes(view) && !ChangesNothing(view);

    /// <summary>The fields for whose values the rule matches, the event's own before those of its bodies.</summary>
    internal IReadOnlyList<MatchedField> Explain(EventView view)
    {
        List<MatchedField> fields = [];
        Matcher.Explain(view, fields);
        return [.. fields.Distinct()];
    }

    /// <summary>False when who does what to which kind of object, with what outcome, says that the event can't match.</summary>
    internal bool MayMatch(EventView view) => Matcher.MayMatch(view);

    // A dry run changes nothing, so what a rule says of a write is not so, unless the rule asks for dry runs. The answer to
    // a dry run of a secret shows what is stored: as to these, it is what the rules say.
    private bool ChangesNothing(EventView view) => view.IsDryRun && (ReadsBody || (Verbs is { } verbs && !verbs.Overlaps(Reads)))
        && view.Event.ObjectRef.Resource != "secrets" && !Fields.Contains("crowsnest.dryRun");

    internal void Restrict(Matcher filter) => Matcher = new AllMatcher([Matcher, filter]);
}
