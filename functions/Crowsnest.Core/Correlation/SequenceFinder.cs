using Crowsnest.Core.Activity;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Correlation;

/// <summary>
/// Finds rules that follow each other, or one that does not follow. Of the events in a slot the first and the last are known.
/// </summary>
internal static class SequenceFinder
{
    internal static DateTimeOffset TimeOf(long minute) => new(minute * TimeSpan.TicksPerMinute, TimeSpan.Zero);

    /// <summary>The times at which all rules had matched within the time span, in their order if that is asked for.</summary>
    internal static IEnumerable<CorrelationMatch> Find(CorrelationRule rule, ActivityGroup group)
    {
        if (!rule.Rules.All(group.ByRule.ContainsKey))
        {
            yield break;
        }

        List<List<Point>> points = [.. rule.Rules.Select(id => Points(group.ByRule[id]))];
        bool isOrdered = rule.Type == CorrelationType.TemporalOrdered;
        IEnumerable<(Point Point, int Rule)> ends = isOrdered ? points[^1].Select(end => (end, points.Count - 1))
            : points.SelectMany(static (list, i) => list.Select(end => (end, i))).OrderBy(static end => end.end.Time);
        foreach ((Point end, int own) in ends)
        {
            List<ActivityCell> cells = [end.Cell];
            DateTimeOffset since = end.Time - rule.Timespan;
            DateTimeOffset until = end.Time;
            for (int i = points.Count - 1; i >= 0 && until > DateTimeOffset.MinValue; i--)
            {
                if (i == own)
                {
                    continue;
                }

                // The latest before what follows it; in any order, before the end.
                Point? before = points[i].LastOrDefault(point => point.Time <= until && point.Time >= since);
                if (before is null)
                {
                    until = DateTimeOffset.MinValue;
                    break;
                }

                cells.Add(before.Cell);
                until = isOrdered ? before.Time : until;
            }

            if (until > DateTimeOffset.MinValue)
            {
                yield return new CorrelationMatch(end.Time, cells, cells.Count, 0);
            }
        }
    }

    /// <summary>The times at which the second rule was due after the first and had not matched.</summary>
    internal static IEnumerable<CorrelationMatch> FindMissing(CorrelationRule rule, ActivityGroup group, DateTimeOffset complete)
    {
        if (!group.ByRule.TryGetValue(rule.Rules[0], out SortedList<long, ActivityCell>? starts))
        {
            yield break;
        }

        List<Point> ends = group.ByRule.TryGetValue(rule.Rules[1], out SortedList<long, ActivityCell>? slots) ? Points(slots) : [];
        foreach (Point start in Points(starts))
        {
            DateTimeOffset due = start.Time + rule.Timespan;
            if (due <= complete && !ends.Exists(end => end.Time >= start.Time && end.Time <= due))
            {
                yield return new CorrelationMatch(due, [start.Cell], 1, 0);
            }
        }
    }

    private static List<Point> Points(SortedList<long, ActivityCell> slots)
    {
        List<Point> points = [];
        foreach (ActivityCell cell in slots.Values)
        {
            points.Add(new Point(cell.First, cell));
            if (cell.Last > cell.First)
            {
                points.Add(new Point(cell.Last, cell));
            }
        }

        return points;
    }

    private sealed record Point(DateTimeOffset Time, ActivityCell Cell);
}
