using System.Collections.Concurrent;
using System.Globalization;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Webhook;

/// <summary>
/// Counts bodies that were not taken, and tells of them once an hour for each cluster: an API server gives up after some tries, and what
/// it had in that body is lost.
/// </summary>
public sealed class RefusedBodies(DetectionTable detections, ChangeTable changes, TimeProvider clock)
{
    private readonly ConcurrentDictionary<(string Cluster, DateTimeOffset Hour), int> _untold = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _told = new(StringComparer.Ordinal);

    /// <summary>Counts a body of a cluster that has shown its secret.</summary>
    public void Count(string cluster)
    {
        DateTimeOffset now = clock.GetUtcNow();
        _untold.AddOrUpdate(
            (cluster, new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero)), 1, static (_, n) => n + 1);
    }

    /// <summary>Tells what was counted. To be called when storage has just worked.</summary>
    public async Task TellAsync(CancellationToken cancellationToken)
    {
        foreach ((string cluster, DateTimeOffset hour) in _untold.Keys)
        {
            if (!_untold.TryRemove((cluster, hour), out int count) || _told.GetValueOrDefault(cluster) == hour)
            {
                continue;
            }

            Detection detection = new FeedFault(
                FeedFaultKind.BodiesRefused,
                cluster,
                "webhook",
                hour,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{count} or more bodies were not taken since {hour:yyyy-MM-dd HH:mm} UTC; they may be lost")).ToDetection();
            await detections.WriteAsync([detection], cancellationToken);
            await changes.MarkAsync([], [(ActorDay.Of(detection), detection.Severity)], cancellationToken);
            _told[cluster] = hour;
        }
    }
}
