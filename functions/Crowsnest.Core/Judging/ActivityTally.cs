using Crowsnest.Core.Activity;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Judging;

/// <summary>
/// Counts what correlations count in events that are learned from, not judged, and on which days a principal was there and gave
/// which finding. Not thread-safe.
/// </summary>
public sealed class ActivityTally(RuleSet rules)
{
    private static readonly Evidence Nowhere = new("", 0);

    private readonly ActivityRecorder _recorder = new(rules);
    private readonly ActivityLog _log = new();
    private readonly Dictionary<(string Rule, string Principal), HashSet<int>> _findings = []; // no rule: was there at all
    private readonly HashSet<int> _days = [];
    private readonly List<SigmaRule> _matches = [];

    // Megabytes, and what only merges needs none.
    private CandidateMemo? _candidates;

    public void Add(EventView view)
    {
        _candidates ??= new CandidateMemo(rules, Severity.Informational);
        int day = DateOnly.FromDateTime(view.Event.Time.UtcDateTime).DayNumber;
        _days.Add(day);
        _matches.Clear();
        RuleSet.Match(view, _candidates.Of(view.Event), _matches);
        AuditEvent audit = view.Event;
        if (Habits.Has(audit.PrincipalClass))
        {
            DaysOf(("", audit.Principal)).Add(day);
        }

        foreach (SigmaRule rule in _matches)
        {
            _recorder.Record(view, rule, Nowhere, _log);
            if (Habits.Has(audit.PrincipalClass) && Habits.CanBe(rule))
            {
                DaysOf((rule.Reference.Id, audit.Principal)).Add(day);
                if (Habits.TeamOf(audit) is { } team)
                {
                    DaysOf((rule.Reference.Id, Habits.MemberOf(team, audit.Principal))).Add(day);
                }
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

    /// <summary>Writes what was counted. Examples and places are left out: what is usual has none.</summary>
    public void Write(BinaryWriter writer)
    {
        (ActivityKey Key, long Slot, ActivityCell Cell)[] cells =
        [
            .. _log.Groups.SelectMany(static group => group.ByRule.SelectMany(rule => rule.Value.Select(
                slot => (Key: group.Key with { Rule = rule.Key }, Slot: slot.Key, Cell: slot.Value))))
                .OrderBy(static cell => cell.Key.Correlation, StringComparer.Ordinal)
                .ThenBy(static cell => cell.Key.Rule, StringComparer.Ordinal)
                .ThenBy(static cell => cell.Key.Cluster, StringComparer.Ordinal)
                .ThenBy(static cell => cell.Key.Group, StringComparer.Ordinal)
                .ThenBy(static cell => cell.Slot),
        ];
        writer.Write7BitEncodedInt(cells.Length);
        foreach ((ActivityKey key, long slot, ActivityCell cell) in cells)
        {
            writer.Write(key.Cluster);
            writer.Write(key.Correlation);
            writer.Write(key.Rule);
            writer.Write(key.Group);
            writer.Write7BitEncodedInt64(slot);
            cell.Counted.Write(writer);
        }

        writer.Write7BitEncodedInt(_days.Count);
        foreach (int day in _days.Order())
        {
            writer.Write7BitEncodedInt(day);
        }

        writer.Write7BitEncodedInt(_findings.Count);
        foreach (((string rule, string principal), HashSet<int> days) in _findings
            .OrderBy(static pair => pair.Key.Rule, StringComparer.Ordinal)
            .ThenBy(static pair => pair.Key.Principal, StringComparer.Ordinal))
        {
            writer.Write(rule);
            writer.Write(principal);
            writer.Write7BitEncodedInt(days.Count);
            foreach (int day in days.Order())
            {
                writer.Write7BitEncodedInt(day);
            }
        }
    }

    /// <summary>Adds what was written.</summary>
    public void Read(BinaryReader reader)
    {
        for (int left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            string cluster = reader.ReadString();
            ActivityKey key = new(cluster, reader.ReadString(), reader.ReadString(), reader.ReadString());
            _log.Cell(key, reader.Read7BitEncodedInt64()).Counted.Merge(DistinctSketch.Read(reader));
        }

        for (int left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            _days.Add(reader.Read7BitEncodedInt());
        }

        for (int left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            HashSet<int> days = DaysOf((reader.ReadString(), reader.ReadString()));
            for (int more = reader.Read7BitEncodedInt(); more > 0; more--)
            {
                days.Add(reader.Read7BitEncodedInt());
            }
        }
    }

    /// <summary>What was usual.</summary>
    public ActivityHistory ToHistory() =>
        ActivityHistory.Of(_log, rules.Correlations, _days.Count, Habits.Of(_findings, _days.Count));

    private HashSet<int> DaysOf((string, string) finding)
    {
        if (!_findings.TryGetValue(finding, out HashSet<int>? days))
        {
            _findings.Add(finding, days = []);
        }

        return days;
    }
}
