using System.Collections.Concurrent;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Ingestion;

/// <summary>Asks for clusters in which something grave was found to be correlated at once, without waiting for the minute.</summary>
public sealed class UrgentClusters(ICorrelationQueue queue, TimeProvider clock, IOptions<CrowsnestOptions> options)
{
    // A flood of grave findings asks so often.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, Asked> _asked = new(StringComparer.Ordinal);

    /// <summary>Asks for the clusters of grave detections. To be called after these are marked.</summary>
    public async Task AskAsync(IEnumerable<Detection> found, CancellationToken cancellationToken)
    {
        if (!options.Value.CorrelateAtOnce)
        {
            return;
        }

        foreach (string cluster in found.Where(static one => one.Severity >= Severity.High && IncidentBuilder.MakesIncidents(one))
            .Select(static one => one.Cluster).Distinct(StringComparer.Ordinal))
        {
            DateTimeOffset now = clock.GetUtcNow();
            Asked asked = _asked.GetOrAdd(cluster, static _ => new Asked());
            TimeSpan delay;
            lock (asked)
            {
                if (asked.For > now)
                {
                    // Whoever was asked for then finds this too.
                    continue;
                }

                delay = asked.For + Pause > now ? asked.For + Pause - now : TimeSpan.Zero;
                asked.For = now + delay;
            }

            await queue.AskAsync(cluster, delay, cancellationToken);
        }
    }

    private sealed class Asked
    {
        internal DateTimeOffset For { get; set; } = DateTimeOffset.MinValue;
    }
}
