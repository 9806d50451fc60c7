using System.Globalization;
using Azure.Data.Tables;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Intake;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What came in. Partition: cluster and UTC day of arrival; row: the batch's place in the hub, so that a batch delivered
/// again counts once.
/// </summary>
public sealed class FeedTable(StorageClients storage)
{
    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.FeedsTable);

    public Task WriteAsync(
        IReadOnlyDictionary<string, IntakeCounts> counts,
        BatchPosition position,
        CancellationToken cancellationToken) => Task.WhenAll(counts.Select(pair =>
        {
            string row = string.Create(CultureInfo.InvariantCulture, $"p{position.Partition}-{position.First}-{position.Last}");
            string partition = DetectionTable.PartitionKey(pair.Key, DateOnly.FromDateTime(position.Arrived.UtcDateTime));
            TableEntity entity = new(partition, row)
            {
                ["Arrived"] = position.Arrived,
                ["Parsed"] = pair.Value.Parsed,
                ["Salvaged"] = pair.Value.Salvaged,
                ["Duplicate"] = pair.Value.Duplicate,
                ["OtherCategory"] = pair.Value.OtherCategory,
                ["Quarantined"] = pair.Value.Quarantined,
            };
            return _table.UpsertEntityAsync(entity, TableUpdateMode.Replace, cancellationToken);
        }));

    /// <summary>Sum over the batches of a cluster that arrived on a day.</summary>
    public async Task<IntakeCounts> ReadAsync(string cluster, DateOnly day, CancellationToken cancellationToken)
    {
        IntakeCounts sum = default;
        string filter = $"PartitionKey eq '{DetectionTable.PartitionKey(cluster, day)}'";
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            sum += new IntakeCounts(
                row.GetInt32("Parsed") ?? 0,
                row.GetInt32("Salvaged") ?? 0,
                row.GetInt32("Duplicate") ?? 0,
                row.GetInt32("OtherCategory") ?? 0,
                row.GetInt32("Quarantined") ?? 0);
        }

        return sum;
    }
}
