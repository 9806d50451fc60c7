using Crowsnest.Core.Activity;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Correlation;

/// <summary>
/// Finds surges and sequences in an activity log. The result depends on the log only: a log that is read again with late
/// events gives what it would have given with them in time.
/// </summary>
/// <param name="rules">The correlations, each after those that it is made of.</param>
/// <param name="history">What is usual.</param>
public sealed class CorrelationEngine(IReadOnlyList<CorrelationRule> rules, ActivityHistory history)
{
    private const long MinutesOfDay = 24 * 60;

    private readonly HashSet<string> _ids = [.. rules.Select(static rule => rule.Reference.Id)];

    /// <summary>How long an event matters: for so long before a time that is asked about the log has to reach back.</summary>
    public TimeSpan Reach { get; } = LongestChain(rules);

    /// <summary>The correlations that what is missing matters to, and so the clock.</summary>
    public IEnumerable<CorrelationRule> Waiting => rules.Where(static rule => rule.Type == CorrelationType.Absent);

    /// <summary>The detections since a time. One is made for each correlation, group and hour.</summary>
    /// <param name="log">The activity, of all groups or of some.</param>
    /// <param name="since">The beginning of the first hour that is asked about.</param>
    /// <param name="complete">Nothing earlier is still to come: up to then what is missing is missing.</param>
    public IReadOnlyList<Detection> Evaluate(ActivityLog log, DateTimeOffset since, DateTimeOffset complete)
    {
        // A correlation's own finds are activity for those that are made of it.
        ActivityLog derived = new();
        List<Detection> found = [];
        ILookup<string, ActivityGroup> groups = log.Groups.ToLookup(static group => group.Key.Correlation, StringComparer.Ordinal);
        foreach (CorrelationRule rule in rules)
        {
            IEnumerable<ActivityGroup> known = derived.IsEmpty || !rule.Rules.Any(_ids.Contains) ? groups[rule.Reference.Id]
                : Combined(groups[rule.Reference.Id], derived, rule);
            foreach (ActivityGroup group in known)
            {
                foreach (CorrelationMatch match in ByHour(Matches(rule, group, since, complete)))
                {
                    if (match.Time >= since)
                    {
                        found.Add(CorrelationDetection.Make(rule, group.Key, match));
                    }

                    Derive(rule, group.Key, match, derived);
                }
            }
        }

        return found;
    }

    private static TimeSpan LongestChain(IReadOnlyList<CorrelationRule> rules)
    {
        Dictionary<string, TimeSpan> reach = new(StringComparer.Ordinal);
        foreach (CorrelationRule rule in rules)
        {
            TimeSpan own = rule.Timespan + TimeSpan.FromMinutes(rule.SlotMinutes);
            reach[rule.Reference.Id] = own + rule.Rules.Max(part => reach.GetValueOrDefault(part));
        }

        return reach.Values.DefaultIfEmpty(TimeSpan.Zero).Max();
    }

    private static IEnumerable<ActivityGroup> Combined(IEnumerable<ActivityGroup> own, ActivityLog derived, CorrelationRule rule)
    {
        ActivityLog both = new();
        both.Add(own);
        both.Add(derived.Groups.Where(group => group.Key.Correlation == rule.Reference.Id));
        return both.Groups;
    }

    private void Derive(CorrelationRule rule, ActivityKey key, CorrelationMatch match, ActivityLog derived)
    {
        string[] values = key.Group.Split(ActivityKey.Separator);
        foreach (CorrelationRule outer in rules.Where(outer => outer.Rules.Contains(rule.Reference.Id)))
        {
            // By the names of the fields; an alias that means another field of each rule means none of a correlation.
            int[] at = [.. outer.GroupFields.Select(field => rule.GroupFields.ToList().IndexOf(field))];
            if (Array.TrueForAll(at, static i => i >= 0))
            {
                long minute = match.Time.UtcTicks / TimeSpan.TicksPerMinute;
                string group = string.Join(ActivityKey.Separator, at.Select(i => values[i]));
                derived.Cell(
                    new ActivityKey(key.Cluster, outer.Reference.Id, rule.Reference.Id, group),
                    minute - (minute % outer.SlotMinutes))
                    .AddMatch(CorrelationDetection.IdOf(rule, key, match.Time), match.Time, match.Cells);
            }
        }
    }

    private IEnumerable<CorrelationMatch> Matches(
        CorrelationRule rule,
        ActivityGroup group,
        DateTimeOffset since,
        DateTimeOffset complete)
    {
        // What others are made of has to be found again however long ago it was.
        bool isPart = rules.Any(outer => outer.Rules.Contains(rule.Reference.Id));
        return rule.Type switch
        {
            CorrelationType.EventCount or CorrelationType.ValueCount =>
                Counts(rule, group, isPart ? DateTimeOffset.MinValue : since, complete),
            CorrelationType.Temporal or CorrelationType.TemporalOrdered => SequenceFinder.Find(rule, group),
            CorrelationType.Absent => SequenceFinder.FindMissing(rule, group, complete),
            _ => FirstSeen(rule, group),
        };
    }

    private IEnumerable<CorrelationMatch> Counts(
        CorrelationRule rule, ActivityGroup group, DateTimeOffset since, DateTimeOffset complete)
    {
        double usual = rule.TimesUsual > 0 ? history.UsualOf(rule, group.Key) : 0;
        foreach (long slot in group.All.Keys.Where(slot => SequenceFinder.TimeOf(slot + rule.SlotMinutes) > since))
        {
            // A window that may yet fill up proves nothing about what is missing from it.
            if (!rule.Condition.IsMonotone && SequenceFinder.TimeOf(slot + rule.SlotMinutes) > complete)
            {
                yield break;
            }

            double count = WindowCounter.Count(rule, group.All, slot);
            if (rule.Condition.Holds(count, usual * rule.TimesUsual))
            {
                yield return new CorrelationMatch(group.All[slot].Last, [.. WindowCounter.Window(rule, group.All, slot)], count, usual);
            }
        }
    }

    // Without history of these days nothing is new, and who was never seen before has nothing to compare with. What is new is new
    // once a day, until it was learned, however many days the log holds.
    private IEnumerable<CorrelationMatch> FirstSeen(CorrelationRule rule, ActivityGroup group)
    {
        if (!history.IsEmpty && history.IsOf(group.All.Values[0].First)
            && history.KnowsContext(rule, group.Key) && !history.Knows(rule, group.Key))
        {
            foreach (ActivityCell first in group.All.GroupBy(static slot => slot.Key / MinutesOfDay)
                .Select(static day => day.First().Value))
            {
                yield return new CorrelationMatch(first.First, [first], 1, 0);
            }
        }
    }

    // The first match of an hour, with what the others of it add.
    private static IEnumerable<CorrelationMatch> ByHour(IEnumerable<CorrelationMatch> matches) => matches
        .GroupBy(static match => match.Time.UtcTicks / TimeSpan.TicksPerHour)
        .Select(static hour => hour.OrderBy(static match => match.Time).Aggregate(static (first, next) => first.With(next)));
}
