using Azure.Messaging.EventHubs;
using Crowsnest.LocalHost.Configuration;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>
/// The messages of a partition that wait to be enough for a batch: <c>minEventBatchSize</c> of them, or fewer when the first has waited
/// for <c>maxWaitTime</c>. They have no checkpoint yet: after a restart they come again.
/// </summary>
internal sealed class PendingEvents(HostFile host, TimeProvider clock)
{
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(1);

    private readonly List<EventData> _events = [];
    private long _since;

    /// <summary>How often to ask for a batch while nothing comes, or null when that gives none.</summary>
    internal static TimeSpan? LooksEvery(HostFile host) =>
        host.MinEventBatchSize <= 1 ? null : host.MaxWaitTime < LongestLook ? host.MaxWaitTime : LongestLook;

    internal void Add(IEnumerable<EventData> events)
    {
        bool wasEmpty = _events.Count == 0;
        _events.AddRange(events);
        if (wasEmpty)
        {
            _since = clock.GetTimestamp();
        }
    }

    /// <summary>Takes the next batch, or null while there are too few.</summary>
    internal IReadOnlyList<EventData>? Take()
    {
        bool isDue = _events.Count >= host.MinEventBatchSize || clock.GetElapsedTime(_since) >= host.MaxWaitTime;
        if (_events.Count == 0 || !isDue)
        {
            return null;
        }

        List<EventData> batch = _events.GetRange(0, Math.Min(_events.Count, host.MaxEventBatchSize));
        _events.RemoveRange(0, batch.Count);
        _since = clock.GetTimestamp();
        return batch;
    }
}
