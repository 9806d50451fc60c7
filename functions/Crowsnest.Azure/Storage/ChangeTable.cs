using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What CorrelateActivity has to look at, in the table <c>activity</c>. Whoever changes something sets its mark afterwards;
/// whoever has dealt with it takes the mark away, unless it was set again meanwhile. So nothing that comes late is missed.
/// </summary>
public sealed class ChangeTable(StorageClients storage, TimeProvider clock)
{
    private const string Partition = "changed";
    private const string Turn = "turn";
    private const int MostPerTransaction = 100;

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.ActivityTable);

    /// <summary>Marks what has changed.</summary>
    /// <param name="buckets">Buckets of activity.</param>
    /// <param name="days">Days of actors.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task MarkAsync(
        IEnumerable<(string Cluster, long Bucket)> buckets,
        IEnumerable<ActorDay> days,
        CancellationToken cancellationToken)
    {
        IEnumerable<TableEntity> rows = buckets.Distinct().Select(Row).Concat(days.Distinct().Select(static day => Row(day, "a")));
        foreach (TableEntity[] some in rows.Chunk(MostPerTransaction))
        {
            await _table.SubmitAsync(TableTransactionActionType.UpsertReplace, some, cancellationToken);
        }
    }

    /// <summary>Marks what has to be looked at again when a time has come.</summary>
    public Task MarkLaterAsync(ActorDay day, DateTimeOffset time, CancellationToken cancellationToken)
    {
        TableEntity row = Row(day, "later-a");
        row["NotBefore"] = time;
        return _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <inheritdoc cref="MarkLaterAsync(ActorDay, DateTimeOffset, CancellationToken)"/>
    public Task MarkLaterAsync(string cluster, long bucket, DateTimeOffset time, CancellationToken cancellationToken)
    {
        TableEntity row = Row((cluster, bucket));
        row.RowKey = $"later-{row.RowKey}";
        row["NotBefore"] = time;
        return _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    /// <summary>The marks whose time has come.</summary>
    public async Task<IReadOnlyList<ChangeMark>> ReadAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        List<ChangeMark> marks = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{Partition}'", cancellationToken: cancellationToken))
        {
            if (row.GetDateTimeOffset("NotBefore") is { } time && time > now)
            {
                continue;
            }

            string cluster = row.GetString("Cluster");
            marks.Add(new ChangeMark(
                cluster,
                row.GetInt64("Bucket"),
                row.GetString("Actor") is { } actor
                    ? new ActorDay(cluster, actor, DateOnly.ParseExact(row.GetString("Day"), "O", CultureInfo.InvariantCulture)) : null,
                row.RowKey,
                row.ETag));
        }

        return marks;
    }

    /// <summary>Takes marks away that were not set again since they were read.</summary>
    public async Task RemoveAsync(IEnumerable<ChangeMark> marks, CancellationToken cancellationToken)
    {
        ParallelOptions several = new() { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(marks, several, async (mark, cancel) =>
        {
            try
            {
                await _table.DeleteEntityAsync(Partition, mark.RowKey, mark.ETag, cancel);
            }
            catch (RequestFailedException again) when (again.Status is 404 or 412)
            {
                // The next run looks at it.
            }
        });
    }

    /// <summary>Takes the turn to deal with what has changed.</summary>
    /// <param name="instance">Name of the instance.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>True when the turn before was this instance's too, so that what it remembers still holds.</returns>
    public async Task<bool> TakeTurnAsync(string instance, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> last = await _table.GetEntityIfExistsAsync<TableEntity>(
            Turn, Turn, cancellationToken: cancellationToken);
        bool isOwn = last.HasValue && last.Value!.GetString("Instance") == instance;
        if (!isOwn)
        {
            await _table.UpsertEntityAsync(
                new TableEntity(Turn, Turn) { ["Instance"] = instance }, TableUpdateMode.Replace, cancellationToken);
        }

        return isOwn;
    }

    private static TableEntity Row((string Cluster, long Bucket) changed) => new(
        Partition, string.Create(CultureInfo.InvariantCulture, $"b|{changed.Cluster}|{changed.Bucket}"))
    {
        ["Cluster"] = changed.Cluster,
        ["Bucket"] = changed.Bucket,
    };

    private static TableEntity Row(ActorDay day, string kind) => new(Partition, $"{kind}|{day.Id}")
    {
        ["Cluster"] = day.Cluster,
        ["Actor"] = day.ActorName,
        ["Day"] = day.Day.ToString("O", CultureInfo.InvariantCulture),
    };
}
