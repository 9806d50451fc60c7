using Azure.Data.Tables;
using Crowsnest.Core.Detections;

namespace Crowsnest.Azure.Storage;

/// <summary>Brings marks of versions until 0.1 to their clusters: they lay in one partition.</summary>
public sealed class OldMarks(StorageClients storage, ChangeTable changes)
{
    private const string Partition = "changed";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.ActivityTable);

    /// <summary>Brings those that there are.</summary>
    public async Task MoveAsync(CancellationToken cancellationToken)
    {
        List<ChangeMark> marks = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{Partition}'", cancellationToken: cancellationToken))
        {
            marks.Add(ChangeTable.MarkOf(row));
        }

        if (marks.Count > 0)
        {
            await changes.MarkAsync(
                marks.Where(static mark => mark.Bucket is not null).Select(static mark => (mark.Cluster, mark.Bucket!.Value)),
                marks.Where(static mark => mark.ActorDay is not null).Select(static mark => (mark.ActorDay!, Severity.High)),
                cancellationToken);
            await _table.DeleteAllAsync($"PartitionKey eq '{Partition}'", cancellationToken);
        }
    }
}
