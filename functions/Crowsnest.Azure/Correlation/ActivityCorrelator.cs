using Crowsnest.Azure.Storage;

namespace Crowsnest.Azure.Correlation;

/// <summary>Asks for the clusters to be correlated in which something has changed, the gravest first.</summary>
public sealed class ActivityCorrelator(ChangeTable changes, OldMarks old, ICorrelationQueue queue, TimeProvider clock)
{
    // Longer than a run and the messages before it usually take: what was lost is asked for again.
    private static readonly TimeSpan AskedAgainAfter = TimeSpan.FromMinutes(5);

    /// <summary>Asks.</summary>
    /// <returns>How many clusters were asked for.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        await old.MoveAsync(cancellationToken);
        IReadOnlyList<ListedCluster> clusters = await changes.ClustersAsync(clock.GetUtcNow() - AskedAgainAfter, cancellationToken);
        foreach (ListedCluster cluster in clusters)
        {
            await changes.AskedAsync(cluster, cancellationToken);
            await queue.AskAsync(cluster.Cluster, TimeSpan.Zero, cancellationToken);
        }

        return clusters.Count;
    }
}
