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

    // Until then what is not there is asked for anew. Marks of such an instance are moved only when they are older than this.
    private static readonly TimeSpan Trusted = OldMarks.Rests / 2;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly ConcurrentDictionary<string, (string Since, long At)> _none = new(StringComparer.Ordinal);

    /// <summary>True as long as there are some.</summary>
    /// <param name="cluster">What the names of partitions begin with: the cluster.</param>
    /// <param name="since">The first day, or month, that matters, as names of partitions have it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async ValueTask<bool> AnyAsync(string cluster, string since, CancellationToken cancellationToken)
    {
        if (_none.TryGetValue(cluster, out (string Since, long At) none) && string.CompareOrdinal(since, none.Since) >= 0
            && (Stopwatch.GetElapsedTime(none.At) < Trusted || Stopwatch.GetElapsedTime(_started, none.At) > Overlap))
        {
            return false;
        }

        long asked = Stopwatch.GetTimestamp();

        await foreach (TableEntity _ in table.QueryAsync<TableEntity>(
            $"PartitionKey ge '{cluster}|{since}' and PartitionKey lt '{cluster}|:'",
            maxPerPage: 1,
            select: ["PartitionKey"],
            cancellationToken: cancellationToken))
        {
            return true;
        }

        _none[cluster] = (since, asked);
        return false;
    }
}
