using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Rules;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What came in. Partition: cluster and UTC day of arrival; rows: time of arrival, the batch's place in the hub, and the piece
/// of its tally. A batch delivered again writes the same rows, and one that is cut anew merges with what overlaps it.
/// </summary>
public sealed class FeedTable(StorageClients storage)
{
    // A binary property holds 64 KiB at most.
    private const int LargestPiece = 60 * 1024;

    private const int LargestTransaction = 100;

    private static readonly string[] PulseColumns =
        ["Arrived", "Categories", "LatestEvent", "HasReads", "Written", "WithBody", "Volume", "Audit", "Unread", "Example"];

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.FeedsTable);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();

    /// <summary>Writes what a batch holds.</summary>
    /// <param name="tallies">The counts.</param>
    /// <param name="pulses">What else it says, for the same clusters and days.</param>
    /// <param name="position">Where the batch stands in the hub.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task WriteAsync(
        IReadOnlyDictionary<(string Cluster, DateOnly Day), FeedTally> tallies,
        IReadOnlyDictionary<(string Cluster, DateOnly Day), FeedPulse> pulses,
        BatchPosition position,
        CancellationToken cancellationToken)
    {
        IEnumerable<TableEntity> rows = tallies.SelectMany(pair =>
            Rows(pair.Key, pair.Value, pulses.GetValueOrDefault(pair.Key), position));
        await Task.WhenAll(rows.Select(row =>
            _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken)));
        foreach (string cluster in tallies.Keys.Select(static key => key.Cluster).Distinct())
        {
            bool isNew;
            lock (_gate)
            {
                isNew = _known.Add(cluster);
            }

            if (isNew)
            {
                // What the watch remembers of the cluster stays.
                await _table.UpsertEntityAsync(new TableEntity(ClusterTable.Partition, cluster), TableUpdateMode.Merge, cancellationToken);
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
        CountsAsync($"PartitionKey eq '{DetectionTable.PartitionKey(cluster, day)}'", cancellationToken);

    /// <summary>An hour of a cluster's feed, counts and all.</summary>
    public async Task<FeedHour> HourAsync(string cluster, DateTimeOffset start, CancellationToken cancellationToken)
    {
        IReadOnlyList<FeedPulse> pulses = await PulsesAsync(cluster, start, start.AddHours(1), cancellationToken);
        IntakeCounts counts = pulses.Count == 0 ? default : await CountsAsync(Range(cluster, start, start.AddHours(1)), cancellationToken);
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
        for (DateOnly day = DateOnly.FromDateTime(from.UtcDateTime); day <= DateOnly.FromDateTime(to.UtcDateTime); day = day.AddDays(1))
        {
            await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
                $"PartitionKey eq '{DetectionTable.PartitionKey(cluster, day)}' and {Between(from, to)}",
                select: PulseColumns,
                cancellationToken: cancellationToken))
            {
                if (row.GetString("Categories") is { } categories)
                {
                    pulses.Add(new FeedPulse(
                        Split(categories),
                        row.GetDateTimeOffset("LatestEvent"),
                        row.GetDateTimeOffset("Arrived") ?? default,
                        CaptureFacts.Of(
                            row.GetBoolean("HasReads") == true,
                            Split(row.GetString("Written")),
                            Split(row.GetString("WithBody"))))
                    {
                        Volume = FeedVolume.Parse(row.GetString("Volume")),
                        Unread = new FeedUnread(
                            row.GetInt64("Audit") ?? 0, row.GetInt64("Unread") ?? 0, row.GetString("Example") ?? ""),
                    });
                }
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
        List<TableEntity> rows = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey ge '{DetectionTable.PartitionKey(cluster, DateOnly.MinValue)}' "
                + $"and PartitionKey lt '{DetectionTable.PartitionKey(cluster, before)}'",
            select: ["PartitionKey", "RowKey"],
            cancellationToken: cancellationToken))
        {
            rows.Add(row);
            if (rows.Count == most)
            {
                break;
            }
        }

        foreach (IGrouping<string, TableEntity> day in rows.GroupBy(static row => row.PartitionKey))
        {
            foreach (TableEntity[] some in day.Chunk(LargestTransaction))
            {
                await _table.SubmitTransactionAsync(
                    some.Select(static row => new TableTransactionAction(TableTransactionActionType.Delete, row, ETag.All)),
                    cancellationToken);
            }
        }
    }

    private static FeedHour HourOf(DateTimeOffset start, IReadOnlyList<FeedPulse> pulses, IntakeCounts counts) => FeedHour.Of(
        start,
        pulses.Select(static pulse => (pulse.LatestArrival, pulse.Categories, pulse.LatestEvent)),
        counts.Total,
        counts.Duplicate,
        counts.Salvaged);

    private async Task<IntakeCounts> CountsAsync(string filter, CancellationToken cancellationToken)
    {
        FeedTally sum = new();
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, select: ["Tally"], cancellationToken: cancellationToken))
        {
            sum.Merge(FeedTally.Read(row.GetBinary("Tally")));
        }

        return sum.Counts();
    }

    private static string Range(string cluster, DateTimeOffset from, DateTimeOffset to) =>
        $"PartitionKey eq '{DetectionTable.PartitionKey(cluster, DateOnly.FromDateTime(from.UtcDateTime))}' and {Between(from, to)}";

    private static string Between(DateTimeOffset from, DateTimeOffset to) => $"RowKey ge '{Time(from)}' and RowKey lt '{Time(to)}'";

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);

    private static string[] Split(string? list) => list?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static IEnumerable<TableEntity> Rows(
        (string Cluster, DateOnly Day) feed, FeedTally tally, FeedPulse? pulse, BatchPosition position)
    {
        int piece = 0;
        foreach (byte[] bytes in tally.ToPieces(LargestPiece))
        {
            TableEntity row = new(
                DetectionTable.PartitionKey(feed.Cluster, feed.Day),
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Time(position.Arrived)}|p{position.Partition}-{position.First}-{position.Last}-{piece}"))
            {
                ["Arrived"] = pulse?.LatestArrival ?? position.Arrived,
                ["Tally"] = bytes,
            };
            if (piece == 0 && pulse is not null)
            {
                row["Categories"] = string.Join(',', pulse.Categories);
                row["LatestEvent"] = pulse.LatestEvent;
                row["HasReads"] = pulse.Facts.HasReads;
                row["Written"] = Join(pulse.Facts.Written);
                row["WithBody"] = Join(pulse.Facts.WithBody);
                row["Volume"] = pulse.Volume.ToString();
                row["Audit"] = pulse.Unread.Audit;
                row["Unread"] = pulse.Unread.Unread;
                row["Example"] = pulse.Unread.Example;
            }

            yield return row;
            piece++;
        }
    }

    // Kinds of objects are as many as somebody cares to define: a text property holds 32 Ki characters.
    private static string Join(IEnumerable<string> kinds) => string.Join(
        ',', kinds.Where(static kind => kind.Length < 100 && !kind.Contains(',', StringComparison.Ordinal)).Take(300));
}
