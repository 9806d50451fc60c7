using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Functions.Pages.Parts;

/// <summary>
/// The findings of an incident over time, a lane for each actor. Long gaps are cut out and marked: an attack of a few minutes that goes on
/// the next day is two dots on a straight scale.
/// </summary>
public sealed class TimelinePlot
{
    /// <summary>Width of the picture.</summary>
    public const double Width = 1000;

    /// <summary>Where the lanes begin, beside their names.</summary>
    public const double Left = 230;

    public const double LaneHeight = 34;

    /// <summary>Height of the times above the lanes.</summary>
    public const double Head = 30;

    /// <summary>Lanes at most; who comes after the gravest shares the last.</summary>
    public const int MostLanes = 12;

    private const double Right = Width - 20;
    private const double Gap = 46;
    private const double Near = 13;

    // A gap of less is seen as one anyway, and more than a few leave no room for what is between them.
    private const double ShareOfGap = 0.03;
    private const int MostGaps = 7;
    private static readonly TimeSpan SmallestGap = TimeSpan.FromMinutes(2);

    /// <summary>Draws findings.</summary>
    /// <param name="detections">The findings, in order of time.</param>
    public TimelinePlot(IReadOnlyList<Detection> detections)
    {
        Spans = detections.Count == 0 ? [] : SpansOf([.. detections.Select(static d => d.Time).Order()]);
        Lanes = LanesOf(detections);
        Marks = MarksOf(detections);
    }

    /// <summary>The times without long gaps, in order.</summary>
    public IReadOnlyList<TimelineSpan> Spans { get; }

    /// <summary>Names of the lanes.</summary>
    public IReadOnlyList<string> Lanes { get; }

    public IReadOnlyList<TimelineMark> Marks { get; }

    public double Height => Head + (Lanes.Count * LaneHeight) + 8;

    /// <summary>The middle of a lane.</summary>
    public static double Middle(int lane) => Head + ((lane + 0.5) * LaneHeight);

    private static List<TimelineSpan> SpansOf(DateTimeOffset[] times)
    {
        double least = Math.Max(SmallestGap.TotalSeconds, ShareOfGap * (times[^1] - times[0]).TotalSeconds);
        HashSet<int> cuts =
        [
            .. Enumerable.Range(1, times.Length - 1).Where(i => (times[i] - times[i - 1]).TotalSeconds > least)
                .OrderByDescending(i => times[i] - times[i - 1]).Take(MostGaps),
        ];
        List<(DateTimeOffset From, DateTimeOffset To)> spans = [];
        for (int i = 0; i < times.Length; i++)
        {
            if (i == 0 || cuts.Contains(i))
            {
                spans.Add((times[i], times[i]));
            }

            spans[^1] = (spans[^1].From, times[i]);
        }

        // Each has a part of its own, so that a moment can be seen, and the rest goes by length.
        double room = Right - Left - ((spans.Count - 1) * Gap);
        double whole = spans.Sum(static span => (span.To - span.From).TotalSeconds);
        double smallest = Math.Min(60, room / spans.Count);
        double x = Left;
        List<TimelineSpan> drawn = [];
        foreach ((DateTimeOffset from, DateTimeOffset to) in spans)
        {
            double width = smallest + (whole > 0 ? (room - (smallest * spans.Count)) * (to - from).TotalSeconds / whole : 0);
            drawn.Add(new TimelineSpan(from, to, x, x + width));
            x += width + Gap;
        }

        return drawn;
    }

    private static string ActorOf(Detection detection) => ActorDay.Of(detection).ActorName;

    private static List<string> LanesOf(IReadOnlyList<Detection> detections)
    {
        List<string> actors = [.. detections.Select(ActorOf).Distinct(StringComparer.Ordinal)];
        if (actors.Count <= MostLanes)
        {
            return actors;
        }

        HashSet<string> kept = [.. detections.GroupBy(ActorOf).OrderByDescending(static one => one.Max(static d => d.Severity))
            .ThenByDescending(static one => one.Count()).Take(MostLanes - 1).Select(static one => one.Key)];
        return [.. actors.Where(kept.Contains), $"{actors.Count - kept.Count} others"];
    }

    private List<TimelineMark> MarksOf(IReadOnlyList<Detection> detections)
    {
        List<TimelineMark> marks = [];
        foreach (IGrouping<int, Detection> lane in detections.GroupBy(d =>
            Lanes.Count - 1 is var last && ((List<string>)Lanes).IndexOf(ActorOf(d)) is >= 0 and var at ? at : last))
        {
            List<TimelineMark> drawn = [];
            foreach (Detection detection in lane.OrderBy(static d => d.Time))
            {
                double x = PlaceOf(detection.Time);
                int at = drawn.FindLastIndex(mark => TacticOf(mark.Lead) == TacticOf(detection));
                if (at >= 0 && drawn[at] is var before && x - before.X < Near)
                {
                    drawn[at] = before with
                    {
                        Count = before.Count + 1,
                        Lead = detection.Severity > before.Lead.Severity ? detection : before.Lead,
                    };
                }
                else
                {
                    drawn.Add(new TimelineMark(x, lane.Key, detection, 1));
                }
            }

            marks.AddRange(drawn);
        }

        return marks;
    }

    private static string TacticOf(Detection detection) => detection.Tactics is [{ } first, ..] ? first : "";

    private double PlaceOf(DateTimeOffset time)
    {
        TimelineSpan span = Spans.Last(span => span.From <= time);
        double length = (span.To - span.From).TotalSeconds;
        return length == 0 ? (span.Left + span.Right) / 2
            : span.Left + 8 + ((span.Right - span.Left - 16) * (time - span.From).TotalSeconds / length);
    }
}
