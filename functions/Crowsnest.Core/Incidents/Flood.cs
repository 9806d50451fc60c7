using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// A surge of requests by unauthenticated sources from many networks. On its days the lesser findings about single ones are
/// part of it and say nothing more: there can be a hundred thousand of them. Grave ones are told with it.
/// </summary>
public static class Flood
{
    /// <summary>True for the detection of a flood.</summary>
    public static bool Is(Detection detection) =>
        detection.Source == DetectionSource.Correlation && detection.SourceIp.Length == 0 && IsUnauthenticated(detection);

    /// <summary>True for what is still told of a single unauthenticated source on the day of a flood.</summary>
    public static bool IsGrave(Detection detection) => detection.Severity >= Severity.High;

    /// <summary>True when whoever did it had not authenticated.</summary>
    public static bool IsUnauthenticated(Detection detection) =>
        PrincipalClassifier.Classify(detection.Principal) == PrincipalClass.Anonymous;

    /// <summary>Where the floods of a day are kept.</summary>
    public static ActorDay Of(string cluster, DateOnly day) => new(cluster, PrincipalClassifier.AnonymousUser, day);

    /// <summary>Leaves out what is part of a flood.</summary>
    internal static IEnumerable<Detection> Absorb(IReadOnlyCollection<Detection> detections)
    {
        HashSet<(string, DateOnly)> days = [.. detections.Where(Is).SelectMany(DaysOf)];
        return days.Count == 0 ? detections : detections.Where(detection =>
            !IsUnauthenticated(detection) || IsGrave(detection) || !days.Contains((detection.Cluster, ActorDay.DayOf(detection.Time))));
    }

    /// <summary>The days that a flood lies on.</summary>
    public static IEnumerable<(string Cluster, DateOnly Day)> DaysOf(Detection flood)
    {
        DateOnly last = ActorDay.DayOf(flood.Until ?? flood.Time);
        for (DateOnly day = ActorDay.DayOf(flood.From ?? flood.Time); day <= last; day = day.AddDays(1))
        {
            yield return (flood.Cluster, day);
        }
    }
}
