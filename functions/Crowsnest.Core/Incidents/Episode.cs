using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>What one actor did without a day's rest.</summary>
public sealed class Episode
{
    /// <summary>An episode ends when nothing that matters has come for so long.</summary>
    internal static readonly TimeSpan Quiet = TimeSpan.FromHours(24);

    // Who does something every day would never be done. Whoever has been at it for a fortnight gets a new episode on the next
    // of these days, which are the same for everyone, so that the start is found without reading all that was.
    private const int DaysOfBaseline = 14;
    private const int DaysToReset = 28;

    /// <summary>No episode lasts longer, in days.</summary>
    public const int MostDays = DaysToReset + DaysOfBaseline;

    private const int Loose = -1;

    private Episode(Detection anchor, IEnumerable<Detection> detections)
    {
        Detections = [.. InOrder(detections)];
        Start = ActorDay.Of(anchor);
    }

    /// <summary>In order of time.</summary>
    internal IReadOnlyList<Detection> Detections { get; }

    /// <summary>The actor and the day of the first detection that matters; no other episode has the same.</summary>
    internal ActorDay Start { get; }

    internal DateTimeOffset From => Detections[0].Time;

    /// <summary>True for a detection that keeps an episode going; lesser ones only join one.</summary>
    public static bool Matters(Detection detection) => detection.Severity >= Severity.Medium;

    /// <summary>Cuts what one actor did into episodes. What matters little and lies near nothing is kept by the day.</summary>
    internal static IEnumerable<Episode> Of(IEnumerable<Detection> byOneActor)
    {
        List<Detection> all = [.. InOrder(byOneActor)];
        List<Detection> backbone = all.FindAll(Matters);
        int[] runs = Runs(backbone);
        ILookup<int, Detection> nearby = all.Where(static d => !Matters(d)).ToLookup(minor => Nearest(backbone, runs, minor.Time));
        IEnumerable<Episode> kept = backbone.Zip(runs).GroupBy(static pair => pair.Second, static pair => pair.First)
            .Select(run => new Episode(run.First(), run.Concat(nearby[run.Key])));
        return kept.Concat(nearby[Loose].GroupBy(static d => ActorDay.DayOf(d.Time)).Select(static day => new Episode(day.First(), day)));
    }

    // For each detection of the backbone, the number of its run.
    private static int[] Runs(List<Detection> backbone)
    {
        HashSet<int> days = [.. backbone.Select(static d => ActorDay.DayOf(d.Time).DayNumber)];
        int[] runs = new int[backbone.Count];
        for (int i = 1; i < backbone.Count; i++)
        {
            int day = ActorDay.DayOf(backbone[i].Time).DayNumber;
            bool isBaseline = day % DaysToReset == 0 && day != ActorDay.DayOf(backbone[i - 1].Time).DayNumber
                && Enumerable.Range(day - DaysOfBaseline, DaysOfBaseline).All(days.Contains);
            runs[i] = runs[i - 1] + (isBaseline || backbone[i].Time - backbone[i - 1].Time > Quiet ? 1 : 0);
        }

        return runs;
    }

    // The run of what matters nearest in time; of two as near the earlier.
    private static int Nearest(List<Detection> backbone, int[] runs, DateTimeOffset time)
    {
        int after = 0;
        for (int end = backbone.Count; after < end;)
        {
            int middle = (after + end) / 2;
            (after, end) = backbone[middle].Time <= time ? (middle + 1, end) : (after, middle);
        }

        TimeSpan sinceLast = after > 0 ? time - backbone[after - 1].Time : TimeSpan.MaxValue;
        TimeSpan untilNext = after < backbone.Count ? backbone[after].Time - time : TimeSpan.MaxValue;
        return sinceLast <= untilNext
            ? sinceLast <= Quiet ? runs[after - 1] : Loose
            : untilNext <= Quiet ? runs[after] : Loose;
    }

    private static IOrderedEnumerable<Detection> InOrder(IEnumerable<Detection> detections) =>
        detections.OrderBy(static d => d.Time).ThenBy(static d => d.Id, StringComparer.Ordinal);
}
