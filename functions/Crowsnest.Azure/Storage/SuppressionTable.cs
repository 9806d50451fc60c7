using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Alerting;

namespace Crowsnest.Azure.Storage;

/// <summary>The suppressions. Partition: cluster, or <c>*</c>; row: the suppression's id. Those that have ended stay.</summary>
public sealed class SuppressionTable(StorageClients storage)
{
    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.SuppressionsTable);

    /// <summary>Records a suppression. One with the same fields is replaced: it may last longer by now.</summary>
    /// <exception cref="ArgumentException">It hides everything, never ends, or has no reason.</exception>
    public async Task WriteAsync(Suppression suppression, CancellationToken cancellationToken)
    {
        if (suppression.Problem() is { } problem)
        {
            throw new ArgumentException(problem, nameof(suppression));
        }

        TableEntity row = new(suppression.Cluster, suppression.Id)
        {
            ["Until"] = suppression.Until,
            ["Author"] = suppression.Author,
            ["Reason"] = suppression.Reason,
            ["Json"] = JsonSerializer.Serialize(suppression, StorageJson.Default.Suppression),
        };
        await _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>Those that may hide something in a cluster, ended ones too: what they hid stays hidden.</summary>
    public Task<IReadOnlyList<Suppression>> ReadAsync(string cluster, CancellationToken cancellationToken) =>
        QueryAsync($"PartitionKey eq '{cluster}' or PartitionKey eq '{Suppression.AllClusters}'", cancellationToken);

    /// <summary>All of them.</summary>
    public Task<IReadOnlyList<Suppression>> ReadAllAsync(CancellationToken cancellationToken) =>
        QueryAsync("Until ge datetime'1900-01-01T00:00:00Z'", cancellationToken);

    /// <summary>Takes a suppression back: what it hid alerts again when its incident is looked at next.</summary>
    /// <returns>False when there is none of that id.</returns>
    public async Task<bool> RemoveAsync(string id, CancellationToken cancellationToken)
    {
        foreach (Suppression suppression in (await ReadAllAsync(cancellationToken)).Where(suppression => suppression.Id == id))
        {
            await _table.DeleteEntityAsync(suppression.Cluster, id, ETag.All, cancellationToken);
            return true;
        }

        return false;
    }

    private async Task<IReadOnlyList<Suppression>> QueryAsync(string filter, CancellationToken cancellationToken)
    {
        List<Suppression> suppressions = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            suppressions.Add(JsonSerializer.Deserialize(row.GetString("Json"), StorageJson.Default.Suppression)!);
        }

        return [.. suppressions.OrderBy(static suppression => suppression.Created)];
    }
}
