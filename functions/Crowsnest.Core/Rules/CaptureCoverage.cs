using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// What the rules would have done with a capture: how often each would have fired, and which are blind because the capture
/// lacks what they read. Not thread-safe.
/// </summary>
public sealed class CaptureCoverage(RuleSet rules)
{
    private static readonly string[] ReadVerbs = ["get", "list"];

    private readonly Dictionary<string, (int Events, HashSet<string> Principals)> _fired = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Writes, int Bodies)> _bodies = new(StringComparer.Ordinal);
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
        Reads += ReadVerbs.Contains(audit.Verb) ? 1 : 0;
        _days.Add(DateOnly.FromDateTime(audit.Time.UtcDateTime));
        if (BodyState.Of(audit) is { Length: > 0 } body && audit.ObjectRef is { Subresource: "" } target)
        {
            (int writes, int bodies) = _bodies.GetValueOrDefault(target.Resource);
            _bodies[target.Resource] = (writes + 1, bodies + (body == "present" ? 1 : 0));
        }

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
    public string Blindness(SigmaRule rule)
    {
        if (rule.IsOff)
        {
            return $"off until the list {string.Join(" and ", rule.Requires)} has entries";
        }

        if (Reads == 0 && rule.Verbs is { } verbs && verbs.Overlaps(ReadVerbs))
        {
            bool wholly = verbs.All(ReadVerbs.Contains);
            return $"{(wholly ? "blind" : "partly blind")}: no get or list in the capture (kube-audit-admin leaves them out)";
        }

        if (!rule.ReadsBody || rule.Resources is not { } resources)
        {
            return "";
        }

        string[] written = [.. resources.Where(_bodies.ContainsKey).Order(StringComparer.Ordinal)];
        string[] without = [.. written.Where(resource => _bodies[resource].Bodies == 0)];
        return without.Length == 0 ? ""
            : $"{(without.Length == written.Length ? "blind" : "partly blind")}: {string.Join(", ", without)} logged without bodies"
                + (rule.Degraded.Length > 0 ? $"; {rule.Degraded} stands in" : "");
    }
}
