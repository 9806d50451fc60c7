using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Activity;

/// <summary>Counts what correlations count in events that are learned from, not judged. Not thread-safe.</summary>
public sealed class ActivityTally(RuleSet rules)
{
    private static readonly Evidence Nowhere = new("", 0);

    private readonly ActivityRecorder _recorder = new(rules);
    private readonly ActivityLog _log = new();
    private readonly List<SigmaRule> _matches = [];

    public void Add(EventView view)
    {
        _matches.Clear();
        rules.MatchObserved(view, _matches);
        foreach (SigmaRule rule in _matches)
        {
            _recorder.Record(view, rule, Nowhere, _log);
        }
    }

    public void Merge(ActivityTally other) => _log.Merge(other._log);

    /// <summary>What was usual.</summary>
    public ActivityHistory ToHistory() => ActivityHistory.Of(_log, rules.Correlations);
}
