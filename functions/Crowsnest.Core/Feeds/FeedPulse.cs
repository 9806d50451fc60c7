using Crowsnest.Core.Intake;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Feeds;

/// <summary>What a batch says of one cluster's feed, besides the counts. It follows from the batch alone.</summary>
/// <param name="categories">Log categories in it; <see cref="FeedHour.Unnamed"/> for records that name none.</param>
/// <param name="latestEvent">Time of its latest audit event, UTC; null when it has none.</param>
/// <param name="latestArrival">When the hub took the last message, UTC.</param>
/// <param name="facts">What its events have in them.</param>
public sealed class FeedPulse(IEnumerable<string> categories, DateTimeOffset? latestEvent, DateTimeOffset latestArrival, CaptureFacts facts)
{
    private readonly SortedSet<string> _categories = new(categories, StringComparer.Ordinal);
    private string _lastCategory = "";
    private string _example = "";
    private long _audit;
    private long _unread;

    public IReadOnlyCollection<string> Categories => _categories;

    public DateTimeOffset? LatestEvent { get; private set; } = latestEvent;

    public DateTimeOffset LatestArrival { get; private set; } = latestArrival;

    public CaptureFacts Facts => facts;

    /// <summary>How large its events are.</summary>
    public FeedVolume Volume { get; set; }

    /// <summary>How much of it can't be read.</summary>
    public FeedUnread Unread
    {
        get => new(_audit, _unread, _example);
        init => (_audit, _unread, _example) = (value.Audit, value.Unread, value.Example);
    }

    /// <summary>The pulses of a batch, by cluster and by the UTC day on which the hub took each message.</summary>
    /// <param name="batch">The batch, not yet disposed.</param>
    public static IReadOnlyDictionary<(string Cluster, DateOnly Day), FeedPulse> Of(IntakeBatch batch)
    {
        Dictionary<(string Cluster, DateOnly Day), FeedPulse> pulses = [];
        (string Cluster, DateOnly Day) last = ("", default);
        FeedPulse? pulse = null;
        foreach ((MessagePlace message, IntakeRecord record) in batch.ByMessage())
        {
            // Nearly every record is of the feed of the one before it.
            DateOnly day = DateOnly.FromDateTime(message.EnqueuedTime.UtcDateTime);
            if (pulse is null || !ReferenceEquals(record.Cluster, last.Cluster) || day != last.Day)
            {
                last = (record.Cluster, day);
                if (!pulses.TryGetValue(last, out pulse))
                {
                    pulses.Add(last, pulse = new FeedPulse([], null, message.EnqueuedTime, new CaptureFacts()));
                }
            }

            pulse.Add(record, message.EnqueuedTime);
        }

        return pulses;
    }

    private void Add(in IntakeRecord record, DateTimeOffset arrival)
    {
        // Nearly every record is of the category of the one before it.
        string category = record.Category.Length > 0 ? record.Category : FeedHour.Unnamed;
        if (!ReferenceEquals(category, _lastCategory))
        {
            _categories.Add(category);
            _lastCategory = category;
        }

        LatestArrival = arrival > LatestArrival ? arrival : LatestArrival;
        if (record.Outcome == IntakeOutcome.Quarantined)
        {
            _unread++;
            _example = _example.Length > 0 ? _example : UnreadExample.Of(record);
        }
        else if (record.Outcome != IntakeOutcome.OtherCategory)
        {
            _audit++;
        }

        if (record.Event is not { } audit)
        {
            return;
        }

        Volume += FeedVolume.Of(audit);
        LatestEvent = audit.Time <= LatestEvent ? LatestEvent : audit.Time;
        if (audit.HasOutcome)
        {
            facts.Add(audit);
        }
    }
}
