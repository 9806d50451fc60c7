using Azure;
using Azure.Data.Tables;

namespace Crowsnest.Azure.Storage;

/// <summary>The canaries that are out, in the table <c>feeds</c>. Partition: cluster; row: the number that is used once.</summary>
public sealed class CanaryTable(StorageClients storage, TimeProvider clock)
{
    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.FeedsTable);

    /// <summary>Remembers one that is about to be sent.</summary>
    public Task SendingAsync(string cluster, string nonce, CancellationToken cancellationToken) => _table.AddEntityAsync(
        new TableEntity(Partition(cluster), nonce) { ["Sent"] = clock.GetUtcNow() }, cancellationToken);

    /// <summary>Marks one that came back. One that nobody sent is nothing: anyone can choose a user agent.</summary>
    public async Task SeenAsync(string cluster, string nonce, CancellationToken cancellationToken)
    {
        try
        {
            await _table.UpdateEntityAsync(
                new TableEntity(Partition(cluster), nonce) { ["Seen"] = clock.GetUtcNow() },
                ETag.All,
                TableUpdateMode.Merge,
                cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
        }
    }

    /// <summary>Forgets one: it came back and is old, or was never sent.</summary>
    public Task RemoveAsync(string cluster, string nonce, CancellationToken cancellationToken) =>
        _table.DeleteEntityAsync(Partition(cluster), nonce, ETag.All, cancellationToken);

    /// <summary>Those that are remembered: when each was sent, and when it came back.</summary>
    public async Task<IReadOnlyList<(string Nonce, DateTimeOffset Sent, DateTimeOffset? Seen)>> ReadAsync(
        string cluster, CancellationToken cancellationToken)
    {
        List<(string, DateTimeOffset Sent, DateTimeOffset?)> canaries = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{Partition(cluster)}'", cancellationToken: cancellationToken))
        {
            canaries.Add((row.RowKey, row.GetDateTimeOffset("Sent") ?? default, row.GetDateTimeOffset("Seen")));
        }

        return [.. canaries.OrderBy(static canary => canary.Sent)];
    }

    private static string Partition(string cluster) => $"canary|{cluster}";
}
