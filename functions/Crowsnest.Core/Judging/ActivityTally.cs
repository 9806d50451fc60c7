using Crowsnest.Core.Activity;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Judging;

/// <summary>
/// Counts what correlations count in events that are learned from, not judged, and on which days a principal gave which
/// finding. Not thread-safe.
/// </summary>
public sealed class ActivityTally(RuleSet rules)
{
    private static readonly Evidence Nowhere = new("", 0);

    private readonly ActivityRecorder _recorder = new(rules);
    private readonly ActivityLog _log = new();
    private readonly Dictionary<(string Rule, string Principal), HashSet<int>> _findings = [];
    private readonly HashSet<int> _days = [];
    private readonly List<SigmaRule> _matches = [];

    public void Add(EventView view)
    {
        int day = DateOnly.FromDateTime(view.Event.Time.UtcDateTime).DayNumber;
        _days.Add(day);
        _matches.Clear();
        rules.Match(view, _matches);
        foreach (SigmaRule rule in _matches)
        {
            _recorder.Record(view, rule, Nowhere, _log);
            if (rule.Severity is Severity.Medium or Severity.High)
            {
                DaysOf((rule.Reference.Id, view.Event.Principal)).Add(day);
            }
        }
    }

    public void Merge(ActivityTally other)
    {
        _log.Merge(other._log);
        _days.UnionWith(other._days);
        foreach (((string, string) finding, HashSet<int> days) in other._findings)
        {
            DaysOf(finding).UnionWith(days);
        }
    }

    /// <summary>What was usual.</summary>
    public ActivityHistory ToHistory() => ActivityHistory.Of(
        _log,
        rules.Correlations,
        _days.Count,
        _findings.Where(finding => finding.Value.Count >= Math.Max(ActivityHistory.FewestBaselineDays, _days.Count / 2.0))
            .Select(static finding => finding.Key));

    private HashSet<int> DaysOf((string, string) finding)
    {
        if (!_findings.TryGetValue(finding, out HashSet<int>? days))
        {
            _findings.Add(finding, days = []);
        }

        return days;
    }
}
