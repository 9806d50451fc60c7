using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Data.Tables;

namespace Crowsnest.Azure.Storage;

/// <summary>Tells whether a cluster has rows left of versions until 0.1, which gave each cluster and day a partition.</summary>
internal sealed class OldRows(TableClient table)
{
    // An instance of the version before that is at work during an update ends before: host.json gives a function half an hour.
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(45);

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly ConcurrentDictionary<string, bool> _none = new(StringComparer.Ordinal);

    /// <summary>True as long as there are some.</summary>
    internal async ValueTask<bool> AnyAsync(string cluster, CancellationToken cancellationToken)
    {
        if (_none.ContainsKey(cluster))
        {
            return false;
        }

        await foreach (TableEntity _ in table.QueryAsync<TableEntity>(
            $"PartitionKey ge '{cluster}|0' and PartitionKey lt '{cluster}|:'",
            maxPerPage: 1,
            select: ["PartitionKey"],
            cancellationToken: cancellationToken))
        {
            return true;
        }

        if (Stopwatch.GetElapsedTime(_started) > Overlap)
        {
            _none.TryAdd(cluster, true);
        }

        return false;
    }
}
