using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Intake;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What came in. Rows of a cluster, in the table <c>activity</c>, beside what was counted of the same batch: time of arrival, the batch's
/// place in the hub, and the piece of its tally. A batch delivered again writes the same rows, and one that is cut anew merges with what
/// overlaps it. The clusters that anything ever came from are rows in the table <c>feeds</c>.
/// </summary>
public sealed class FeedTable(StorageClients storage)
{
    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.FeedsTable);
    private readonly TableClient _rows = storage.Tables.GetTableClient(StorageNames.ActivityTable);
    private readonly OldRows _old = new(storage.Tables.GetTableClient(StorageNames.FeedsTable));
    private readonly ConcurrentDictionary<string, bool> _known = new(StringComparer.Ordinal);

    /// <summary>Adds what a batch holds.</summary>
    /// <param name="rows">Receives it.</param>
    /// <param name="tallies">The counts.</param>
    /// <param name="pulses">What else it says, for the same clusters and days.</param>
    /// <param name="position">Where the batch stands in the hub.</param>
    internal static void Add(
        SharedRows rows,
        IReadOnlyDictionary<(string Cluster, DateOnly Day), FeedTally> tallies,
        IReadOnlyDictionary<(string Cluster, DateOnly Day), FeedPulse> pulses,
        BatchPosition position)
    {
        foreach (((string Cluster, DateOnly Day) feed, FeedTally tally) in tallies)
        {
            foreach (TableEntity row in FeedRow.Of(feed, tally, pulses.GetValueOrDefault(feed), position))
            {
                rows.Replace(feed.Cluster, row);
            }
        }
    }

    /// <summary>Remembers clusters that anything came from.</summary>
    public async Task NoteAsync(IEnumerable<string> clusters, CancellationToken cancellationToken)
    {
        string[] strangers = [.. clusters.Distinct().Where(cluster => !_known.ContainsKey(cluster))];
        foreach (string[] some in strangers.Chunk(TableTransactions.MostRows))
        {
            // What the watch remembers of the cluster stays.
            await _table.SubmitAsync(
                TableTransactionActionType.UpsertMerge,
                some.Select(static cluster => new TableEntity(ClusterTable.Partition, cluster)),
                cancellationToken);
            foreach (string cluster in some)
            {
                _known.TryAdd(cluster, true);
            }
        }
    }

    /// <summary>The clusters that anything ever came from.</summary>
    public async Task<IReadOnlyList<string>> ClustersAsync(CancellationToken cancellationToken)
    {
        List<string> clusters = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{ClusterTable.Partition}'", select: ["RowKey"], cancellationToken: cancellationToken))
        {
            clusters.Add(row.RowKey);
        }

        return clusters;
    }

    /// <summary>What a cluster sent on a day, every record counted once.</summary>
    public Task<IntakeCounts> ReadAsync(string cluster, DateOnly day, CancellationToken cancellationToken) =>
        CountsAsync(cluster, FeedRow.StartOf(day), FeedRow.StartOf(day.AddDays(1)), cancellationToken);

    /// <summary>An hour of a cluster's feed, counts and all.</summary>
    public async Task<FeedHour> HourAsync(string cluster, DateTimeOffset start, CancellationToken cancellationToken)
    {
        IReadOnlyList<FeedPulse> pulses = await PulsesAsync(cluster, start, start.AddHours(1), cancellationToken);
        IntakeCounts counts = pulses.Count == 0 ? default : await CountsAsync(cluster, start, start.AddHours(1), cancellationToken);
        return HourOf(start, pulses, counts);
    }

    /// <summary>What came in of a cluster since the beginning of an hour, without counts: cheap enough to be asked often.</summary>
    public async Task<FeedHour> PartOfHourAsync(string cluster, DateTimeOffset start, CancellationToken cancellationToken) =>
        HourOf(start, await PulsesAsync(cluster, start, start.AddHours(1), cancellationToken), default);

    /// <summary>The pulses of the batches that arrived in a span of time.</summary>
    public async Task<IReadOnlyList<FeedPulse>> PulsesAsync(
        string cluster, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        List<FeedPulse> pulses = [];
        await foreach (TableEntity row in QueryAsync(cluster, from, to, FeedRow.PulseColumns, cancellationToken))
        {
            if (FeedRow.PulseOf(row) is { } pulse)
            {
                pulses.Add(pulse);
            }
        }

        return pulses;
    }

    /// <summary>
    /// Removes what came in on days before one, oldest first: each batch leaves a row, and its hour is summed up by then.
    /// </summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="before">The first day that stays.</param>
    /// <param name="most">Rows to remove at most; the next call goes on.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task TrimAsync(string cluster, DateOnly before, int most, CancellationToken cancellationToken)
    {
        await TrimAsync(_rows, FeedRow.Range(cluster, DateTimeOffset.MinValue, FeedRow.StartOf(before)), most, cancellationToken);
        if (await _old.AnyAsync(cluster, FeedRow.DayOf(DateTimeOffset.MinValue), cancellationToken))
        {
            await TrimAsync(
                _table,
                $"PartitionKey ge '{DetectionTable.PartitionKey(cluster, DateOnly.MinValue)}' "
                    + $"and PartitionKey lt '{DetectionTable.PartitionKey(cluster, before)}'",
                most,
                cancellationToken);
        }
    }

    private static async Task TrimAsync(TableClient table, string filter, int most, CancellationToken cancellationToken)
    {
        List<(string, string, ETag)> rows = [];
        await foreach (TableEntity row in table.QueryAsync<TableEntity>(
            filter, select: ["PartitionKey", "RowKey"], cancellationToken: cancellationToken))
        {
            rows.Add((row.PartitionKey, row.RowKey, ETag.All));
            if (rows.Count == most)
            {
                break;
            }
        }

        await table.DeleteUnchangedAsync(rows, cancellationToken);
    }

    // Rows of versions until 0.1 lie in the table of the feeds, in a partition for each cluster and day.
    private async IAsyncEnumerable<TableEntity> QueryAsync(
        string cluster,
        DateTimeOffset from,
        DateTimeOffset to,
        IReadOnlyList<string> columns,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<(TableClient Table, string Filter)> queries = [(_rows, FeedRow.Range(cluster, from, to))];
        if (await _old.AnyAsync(cluster, FeedRow.DayOf(from), cancellationToken))
        {
            for (DateOnly day = DateOnly.FromDateTime(from.UtcDateTime); FeedRow.StartOf(day) < to; day = day.AddDays(1))
            {
                queries.Add((_table, $"PartitionKey eq '{DetectionTable.PartitionKey(cluster, day)}'"
                    + (FeedRow.StartOf(day) < from ? $" and RowKey ge '{FeedRow.Time(from)}'" : "")
                    + (to < FeedRow.StartOf(day.AddDays(1)) ? $" and RowKey lt '{FeedRow.Time(to)}'" : "")));
            }
        }

        foreach ((TableClient table, string filter) in queries)
        {
            await foreach (TableEntity row in table.QueryAsync<TableEntity>(filter, select: columns, cancellationToken: cancellationToken))
            {
                yield return row;
            }
        }
    }

    private static FeedHour HourOf(DateTimeOffset start, IReadOnlyList<FeedPulse> pulses, IntakeCounts counts) => FeedHour.Of(
        start,
        pulses.Select(static pulse => (pulse.LatestArrival, pulse.Categories, pulse.LatestEvent)),
        counts.Total,
        counts.Duplicate,
        counts.Salvaged);

    private async Task<IntakeCounts> CountsAsync(
        string cluster, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        FeedTally sum = new();
        await foreach (TableEntity row in QueryAsync(cluster, from, to, ["Tally"], cancellationToken))
        {
            sum.Merge(FeedTally.Read(row.GetBinary("Tally")));
        }

        return sum.Counts();
    }
}
