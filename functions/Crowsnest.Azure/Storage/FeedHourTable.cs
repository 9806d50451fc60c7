using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Feeds;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Past hours of each feed, summed up once, in the table <c>feeds</c>. Partition: cluster; row: the hour. So a week's rhythm is
/// 168 rows however much came in.
/// </summary>
public sealed class FeedHourTable(StorageClients storage)
{
    private const string Watch = "watch";
    private const string Last = "last";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.FeedsTable);

    public Task WriteAsync(string cluster, FeedHour hour, CancellationToken cancellationToken) => _table.UpsertEntityAsync(
        new TableEntity(Partition(cluster), Row(hour.Start)) { ["Json"] = JsonSerializer.Serialize(hour, StorageJson.Default.FeedHour) },
        TableUpdateMode.Replace,
        cancellationToken);

    /// <summary>The hours since a time that have been summed up, in order.</summary>
    public async Task<IReadOnlyList<FeedHour>> ReadAsync(string cluster, DateTimeOffset since, CancellationToken cancellationToken)
    {
        List<FeedHour> hours = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{Partition(cluster)}' and RowKey ge '{Row(since)}'", cancellationToken: cancellationToken))
        {
            hours.Add(JsonSerializer.Deserialize(row.GetString("Json"), StorageJson.Default.FeedHour)!);
        }

        return hours;
    }

    /// <summary>Remembers that the watch is at work.</summary>
    /// <returns>When it was before, or null.</returns>
    public async Task<DateTimeOffset?> TurnAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> row = await _table.GetEntityIfExistsAsync<TableEntity>(
            Watch, Last, cancellationToken: cancellationToken);
        await _table.UpsertEntityAsync(new TableEntity(Watch, Last) { ["At"] = now }, TableUpdateMode.Replace, cancellationToken);
        return row.HasValue ? row.Value!.GetDateTimeOffset("At") : null;
    }

    private static string Partition(string cluster) => $"hours|{cluster}";

    private static string Row(DateTimeOffset start) => start.UtcDateTime.ToString("yyyyMMddHH", CultureInfo.InvariantCulture);
}
