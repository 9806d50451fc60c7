using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Feeds;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What the watch remembers of the clusters that anything ever came from, in the table <c>feeds</c>, on the rows that
/// <see cref="FeedTable"/> makes; and of times in which a feed could not be read.
/// </summary>
public sealed class ClusterTable(StorageClients storage)
{
    internal const string Partition = "clusters";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.FeedsTable);

    /// <summary>All clusters. Those that are seen for the first time are noted with the time.</summary>
    public async Task<IReadOnlyList<SeenCluster>> NoteAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        List<SeenCluster> clusters = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{Partition}'", select: ["RowKey", "Noted", "Told"], cancellationToken: cancellationToken))
        {
            DateTimeOffset? noted = row.GetDateTimeOffset("Noted");
            if (noted is null)
            {
                await MergeAsync(row.RowKey, new() { ["Noted"] = now }, cancellationToken);
            }

            clusters.Add(new SeenCluster(row.RowKey, noted ?? now, row.GetDateTimeOffset("Told")));
        }

        return clusters;
    }

    /// <summary>When a cluster was noted first; now, if it was not yet.</summary>
    public async Task<DateTimeOffset> NoteAsync(string cluster, DateTimeOffset now, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> row = await _table.GetEntityIfExistsAsync<TableEntity>(
            Partition, cluster, ["Noted"], cancellationToken);
        if (row.HasValue && row.Value!.GetDateTimeOffset("Noted") is { } noted)
        {
            return noted;
        }

        await MergeAsync(cluster, new() { ["Noted"] = now }, cancellationToken);
        return now;
    }

    /// <summary>Remembers that a cluster was told as a new one.</summary>
    public Task ToldAsync(string cluster, DateTimeOffset now, CancellationToken cancellationToken) =>
        MergeAsync(cluster, new() { ["Told"] = now }, cancellationToken);

    /// <summary>The last time in which a cluster's feed could not be read, or null.</summary>
    public async Task<UnreadSpell?> SpellAsync(string cluster, CancellationToken cancellationToken)
    {
        TableEntity row = await _table.GetEntityAsync<TableEntity>(Partition, cluster, cancellationToken: cancellationToken);
        return row.GetDateTimeOffset("UnreadSince") is not { } since ? null : new UnreadSpell(
            since,
            row.GetDateTimeOffset("UnreadUntil") ?? since,
            row.GetString("UnreadWhat") ?? "",
            row.GetBoolean("UnreadIsOver") == true);
    }

    /// <summary>Remembers such a time.</summary>
    public Task WriteSpellAsync(string cluster, UnreadSpell spell, CancellationToken cancellationToken) => MergeAsync(
        cluster,
        new()
        {
            ["UnreadSince"] = spell.Since,
            ["UnreadUntil"] = spell.Until,
            ["UnreadWhat"] = spell.What,
            ["UnreadIsOver"] = spell.IsOver,
        },
        cancellationToken);

    private async Task MergeAsync(string cluster, Dictionary<string, object> columns, CancellationToken cancellationToken) =>
        await _table.UpsertEntityAsync(
            new TableEntity(columns) { PartitionKey = Partition, RowKey = cluster }, TableUpdateMode.Merge, cancellationToken);
}
