using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Data.Tables;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Tells whether there are rows left of versions until 0.1, which gave each cluster and day, or month, a partition of its own.
/// </summary>
internal sealed class OldRows(TableClient table)
{
    // An instance of the version before that is at work during an update ends before: host.json gives a function half an hour.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(45);

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly ConcurrentDictionary<string, string> _noneSince = new(StringComparer.Ordinal);

    /// <summary>True as long as there are some.</summary>
    /// <param name="cluster">What the names of partitions begin with: the cluster.</param>
    /// <param name="since">The first day, or month, that matters, as names of partitions have it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async ValueTask<bool> AnyAsync(string cluster, string since, CancellationToken cancellationToken)
    {
        if (_noneSince.TryGetValue(cluster, out string? none) && string.CompareOrdinal(since, none) >= 0)
        {
            return false;
        }

        await foreach (TableEntity _ in table.QueryAsync<TableEntity>(
            $"PartitionKey ge '{cluster}|{since}' and PartitionKey lt '{cluster}|:'",
            maxPerPage: 1,
            select: ["PartitionKey"],
            cancellationToken: cancellationToken))
        {
            return true;
        }

        if (Stopwatch.GetElapsedTime(_started) > Overlap)
        {
            _noneSince[cluster] = since;
        }

        return false;
    }
}
