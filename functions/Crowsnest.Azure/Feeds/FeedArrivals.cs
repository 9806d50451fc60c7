using Crowsnest.Azure.Storage;
using Crowsnest.Azure.Webhook;
using Crowsnest.Core.Feeds;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Feeds;

/// <summary>Looks for clusters that no one has announced, and remembers which were told.</summary>
public sealed class FeedArrivals(
    ClusterTable clusters,
    IOptions<CrowsnestOptions> options,
    IOptions<WebhookOptions> webhook,
    IReadOnlyList<CanaryOptions> canaries)
{
    // Who has a secret or a canary of its own is announced by that.
    private readonly ClusterArrivals _arrivals = new(
        options.Value.AnnouncedClusters.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
        webhook.Value.Clusters.Select(static one => one.Name).Concat(canaries.Select(static one => one.Cluster)),
        options.Value.DefaultCluster);

    /// <summary>What is to be told, and the clusters that it tells.</summary>
    public async Task<(IReadOnlyList<FeedFault> Faults, IReadOnlyList<string> Told)> JudgeAsync(
        DateTimeOffset now, CancellationToken cancellationToken) =>
        _arrivals.Judge(await clusters.NoteAsync(now, cancellationToken), now);

    /// <summary>Remembers what was told. Last: what stops before is told again as the same.</summary>
    public async Task ToldAsync(IEnumerable<string> told, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (string cluster in told)
        {
            await clusters.ToldAsync(cluster, now, cancellationToken);
        }
    }
}
