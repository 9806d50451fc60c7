using System.Globalization;
using Azure.Data.Tables;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Intake;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What came in. Partition: cluster and UTC day of arrival; rows: the batch's place in the hub, and the piece of its tally.
/// A batch delivered again writes the same rows, and one that is cut anew merges with what overlaps it.
/// </summary>
public sealed class FeedTable(StorageClients storage)
{
    // A binary property holds 64 KiB at most.
    private const int LargestPiece = 60 * 1024;

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.FeedsTable);

    public Task WriteAsync(
        IReadOnlyDictionary<(string Cluster, DateOnly Day), FeedTally> tallies,
        BatchPosition position,
        CancellationToken cancellationToken) =>
        Task.WhenAll(tallies.SelectMany(pair => Rows(pair.Key, pair.Value, position)).Select(row =>
            _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken)));

    /// <summary>What a cluster sent on a day, every record counted once.</summary>
    public async Task<IntakeCounts> ReadAsync(string cluster, DateOnly day, CancellationToken cancellationToken)
    {
        FeedTally sum = new();
        string filter = $"PartitionKey eq '{DetectionTable.PartitionKey(cluster, day)}'";
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            sum.Merge(FeedTally.Read(row.GetBinary("Tally")));
        }

        return sum.Counts();
    }

    private static IEnumerable<TableEntity> Rows(
        (string Cluster, DateOnly Day) feed,
        FeedTally tally,
        BatchPosition position) => tally.ToPieces(LargestPiece).Select((piece, i) => new TableEntity(
            DetectionTable.PartitionKey(feed.Cluster, feed.Day),
            string.Create(CultureInfo.InvariantCulture, $"p{position.Partition}-{position.First}-{position.Last}-{i}"))
        {
            ["Arrived"] = position.Arrived,
            ["Tally"] = piece,
        });
}
