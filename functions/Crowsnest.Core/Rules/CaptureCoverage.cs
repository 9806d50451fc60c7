using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// What the rules would have done with a capture: how often each would have fired, and which are blind because the capture
/// lacks what they read. Not thread-safe.
/// </summary>
public sealed class CaptureCoverage(RuleSet rules)
{
    private readonly Dictionary<string, (int Events, HashSet<string> Principals)> _fired = new(StringComparer.Ordinal);
    private readonly CaptureFacts _facts = new();
    private readonly List<SigmaRule> _matches = [];
    private readonly HashSet<DateOnly> _days = [];

    /// <summary>Requests so far.</summary>
    public int Requests { get; private set; }

    /// <summary>Requests with the verbs get and list, which kube-audit-admin leaves out.</summary>
    public int Reads { get; private set; }

    /// <summary>Days of event time that the capture touches.</summary>
    public int Days => _days.Count;

    /// <summary>Adds an event with an outcome.</summary>
    public void Add(AuditEvent audit)
    {
        Requests++;
        Reads += CaptureFacts.IsRead(audit) ? 1 : 0;
        _facts.Add(audit);
        _days.Add(DateOnly.FromDateTime(audit.Time.UtcDateTime));

        using EventView view = new(audit);
        _matches.Clear();
        rules.Match(view, _matches);
        foreach (SigmaRule rule in _matches)
        {
            (int events, HashSet<string> principals) = _fired.GetValueOrDefault(rule.Reference.Id, (0, []));
            principals.Add(audit.Principal);
            _fired[rule.Reference.Id] = (events + 1, principals);
        }
    }

    /// <summary>How often a rule would have fired, and for how many principals.</summary>
    public (int Events, int Principals) Fired(SigmaRule rule) =>
        _fired.TryGetValue(rule.Reference.Id, out (int Events, HashSet<string> Principals) fired)
            ? (fired.Events, fired.Principals.Count)
            : default;

    /// <summary>Why the rule can't fire on a capture like this one, or only in part; empty when nothing stands in its way.</summary>
    public string Blindness(SigmaRule rule) => _facts.Blindness(rule);
}
