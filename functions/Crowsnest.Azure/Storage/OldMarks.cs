using Azure.Data.Tables;
using Crowsnest.Core.Detections;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Brings marks of versions until 0.1 to where they lie now: they lay in one partition, and later in one for each cluster with a list of
/// the clusters.
/// </summary>
public sealed class OldMarks(StorageClients storage, ChangeTable changes, TimeProvider clock)
{
    /// <summary>
    /// So long a mark of an instance of such a version stays: then whoever is asked has noticed what lies where that has written it.
    /// </summary>
    internal static readonly TimeSpan Rests = TimeSpan.FromMinutes(2);

    private const string Partition = "changed";
    private const string List = "marked";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.ActivityTable);

    /// <summary>Brings those that there are.</summary>
    public async Task MoveAsync(CancellationToken cancellationToken)
    {
        List<TableEntity> rows = [];
        foreach (string filter in new[]
        {
            $"PartitionKey eq '{Partition}'",
            $"PartitionKey ge '{Partition}|' and PartitionKey lt '{Partition}}}'",
        })
        {
            await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                // A cluster may have the name of the partition, and have activity there.
                if (row.GetString("Cluster") is not null && row.Timestamp <= clock.GetUtcNow() - Rests)
                {
                    rows.Add(row);
                }
            }
        }

        if (rows.Count == 0)
        {
            return;
        }

        List<ChangeMark> marks = [.. rows.Select(ChangeTable.MarkOf)];
        await changes.MarkAsync(
            marks.Where(static mark => mark.Bucket is not null).Select(static mark => (mark.Cluster, mark.Bucket!.Value)),
            marks.Where(static mark => mark.ActorDay is not null).Select(static mark => (mark.ActorDay!, Severity.High)),
            cancellationToken);

        // One that the version before has set again meanwhile stays until the next time.
        await _table.DeleteUnchangedAsync(rows.Select(static row => (row.PartitionKey, row.RowKey, row.ETag)), cancellationToken);
        await _table.DeleteAllAsync($"PartitionKey eq '{List}'", cancellationToken);
    }
}
