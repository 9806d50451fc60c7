using Crowsnest.Core.Intake;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Feeds;

/// <summary>What a batch says of one cluster's feed, besides the counts. It follows from the batch alone.</summary>
/// <param name="Categories">Log categories in it; <see cref="FeedHour.Unnamed"/> for records that name none.</param>
/// <param name="LatestEvent">Time of its latest audit event, UTC; null when it has none.</param>
/// <param name="LatestArrival">When the hub took the last message, UTC.</param>
/// <param name="Facts">What its events have in them.</param>
public sealed record FeedPulse(
    IReadOnlyCollection<string> Categories, DateTimeOffset? LatestEvent, DateTimeOffset LatestArrival, CaptureFacts Facts)
{
    /// <summary>The pulses of a batch, by cluster and by the UTC day on which the hub took each message.</summary>
    /// <param name="batch">The batch, not yet disposed.</param>
    public static IReadOnlyDictionary<(string Cluster, DateOnly Day), FeedPulse> Of(IntakeBatch batch)
    {
        Dictionary<(string, DateOnly), FeedPulse> pulses = [];
        foreach ((MessagePlace message, IntakeRecord record) in batch.ByMessage())
        {
            (string, DateOnly) feed = (record.Cluster, DateOnly.FromDateTime(message.EnqueuedTime.UtcDateTime));
            FeedPulse pulse = pulses.TryGetValue(feed, out FeedPulse? known)
                ? known : new FeedPulse(new SortedSet<string>(StringComparer.Ordinal), null, message.EnqueuedTime, new CaptureFacts());
            pulses[feed] = pulse.With(record, message.EnqueuedTime);
        }

        return pulses;
    }

    private FeedPulse With(in IntakeRecord record, DateTimeOffset arrival)
    {
        ((SortedSet<string>)Categories).Add(record.Category.Length > 0 ? record.Category : FeedHour.Unnamed);
        if (record.Event is { HasOutcome: true } audit)
        {
            Facts.Add(audit);
        }

        DateTimeOffset? latest = record.Event is { } seen && !(seen.Time <= LatestEvent) ? seen.Time : LatestEvent;
        return this with { LatestEvent = latest, LatestArrival = arrival > LatestArrival ? arrival : LatestArrival };
    }
}
