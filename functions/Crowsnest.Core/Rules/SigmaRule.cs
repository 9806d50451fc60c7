using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Rules;

/// <summary>A loaded Sigma rule.</summary>
public sealed class SigmaRule
{
    internal SigmaRule(RuleReference reference, Matcher matcher)
    {
        Reference = reference;
        Matcher = matcher;
    }

    public RuleReference Reference { get; }

    public string Description { get; init; } = "";

    public Severity Severity { get; init; }

    /// <summary>ATT&amp;CK tactics in lower case with dashes.</summary>
    public IReadOnlyList<string> Tactics { get; init; } = [];

    /// <summary>ATT&amp;CK techniques in upper case.</summary>
    public IReadOnlyList<string> Techniques { get; init; } = [];

    public IReadOnlyList<string> FalsePositives { get; init; } = [];

    /// <summary>The file the rule came from.</summary>
    public string File { get; init; } = "";

    internal Matcher Matcher { get; }

    /// <summary>True when the rule matches the event.</summary>
    public bool IsMatch(EventView view) => Matcher.IsMatch(view);
}
