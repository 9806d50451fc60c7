using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What CorrelateCluster has to look at, in the table <c>activity</c>: a partition of marks for each cluster, and a partition that
/// lists the clusters that have some. Whoever changes something sets its mark and then lists the cluster; whoever has dealt with it
/// takes the mark away, unless it was set again meanwhile, and the cluster last. So nothing that comes late is missed.
/// </summary>
public sealed class ChangeTable(StorageClients storage, TimeProvider clock)
{
    private const string Listed = "marked";
    private const int MostPerTransaction = 100;

    // About a page of storage. What is left is read when these are done.
    private const int MostRead = 1_000;

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.ActivityTable);

    /// <summary>Marks what has changed.</summary>
    /// <param name="buckets">Buckets of activity.</param>
    /// <param name="days">Days of actors, and how grave the change is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task MarkAsync(
        IEnumerable<(string Cluster, long Bucket)> buckets,
        IEnumerable<(ActorDay Day, Severity Severity)> days,
        CancellationToken cancellationToken)
    {
        // The severity is part of the key: a small change must not hide that a grave one waits.
        TableEntity[] rows =
        [
            .. buckets.Distinct().Select(static one => Row(one, "b")),
            .. days.Distinct().Select(static one => Row(one.Day, $"a{(int)Severity.Critical - (int)one.Severity}")),
        ];
        await WriteAsync(rows.GroupBy(static row => row.PartitionKey).SelectMany(static some => some.Chunk(MostPerTransaction)));
        await WriteAsync(rows.GroupBy(static row => row.GetString("Cluster")).Select(some =>
        {
            TableEntity listed = new(Listed, some.Key) { ["NotBefore"] = clock.GetUtcNow() };
            if (some.Any(static row => string.CompareOrdinal(row.RowKey, "a2") < 0))
            {
                listed["Grave"] = true;
            }

            return listed;
        }).Chunk(MostPerTransaction));

        Task WriteAsync(IEnumerable<TableEntity[]> some) => Task.WhenAll(
            some.Select(few => _table.SubmitAsync(TableTransactionActionType.UpsertMerge, few, cancellationToken)));
    }

    /// <summary>Marks what has to be looked at again when a time has come. To be called by whoever deals with the cluster only.</summary>
    public Task MarkLaterAsync(ActorDay day, DateTimeOffset time, CancellationToken cancellationToken) =>
        MarkLaterAsync(Row(day, "later-a"), time, cancellationToken);

    /// <inheritdoc cref="MarkLaterAsync(ActorDay, DateTimeOffset, CancellationToken)"/>
    public Task MarkLaterAsync(string cluster, long bucket, DateTimeOffset time, CancellationToken cancellationToken) =>
        MarkLaterAsync(Row((cluster, bucket), "later-b"), time, cancellationToken);

    /// <summary>The clusters that have marks whose time has come and that nobody was asked to deal with, the gravest first.</summary>
    /// <param name="askedBefore">Whoever was asked before this is asked again.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<ListedCluster>> ClustersAsync(DateTimeOffset askedBefore, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        List<TableEntity> rows = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{Listed}'", cancellationToken: cancellationToken))
        {
            if (!(row.GetDateTimeOffset("NotBefore") > now) && !(row.GetDateTimeOffset("AskedAt") >= askedBefore))
            {
                rows.Add(row);
            }
        }

        return
        [
            .. rows.OrderByDescending(static row => row.GetBoolean("Grave") is true)
                .ThenBy(static row => row.GetDateTimeOffset("NotBefore")).Select(static row => new ListedCluster(row.RowKey, row.ETag)),
        ];
    }

    /// <summary>Remembers that somebody is asked to deal with a cluster, unless it has changed meanwhile.</summary>
    public async Task AskedAsync(ListedCluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            TableEntity row = new(Listed, cluster.Cluster) { ["AskedAt"] = clock.GetUtcNow() };
            await _table.UpdateEntityAsync(row, cluster.ETag, TableUpdateMode.Merge, cancellationToken);
        }
        catch (RequestFailedException changed) when (changed.Status is 404 or 412)
        {
            // At worst it is asked for twice.
        }
    }

    /// <summary>The marks of a cluster whose time has come, the gravest first; of very many the gravest and the buckets.</summary>
    public async Task<ClusterMarks> ReadAsync(string cluster, CancellationToken cancellationToken)
    {
        // First: a mark that is set from now on changes it.
        NullableResponse<TableEntity> listed = await _table.GetEntityIfExistsAsync<TableEntity>(
            Listed, cluster, cancellationToken: cancellationToken);
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset? next = null;
        List<ChangeMark> marks = [];
        string partition = PartitionOf(cluster);
        if (await ReadAsync($"PartitionKey eq '{partition}'"))
        {
            await ReadAsync($"PartitionKey eq '{partition}' and RowKey ge 'b' and RowKey lt 'c'");
        }

        return new ClusterMarks(
            cluster, [.. marks.DistinctBy(static mark => mark.RowKey)], next, listed.HasValue ? listed.Value!.ETag : null);

        // True when there is more.
        async Task<bool> ReadAsync(string filter)
        {
            int read = 0;
            await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                if (row.GetDateTimeOffset("NotBefore") is { } time && time > now)
                {
                    next = next < time ? next : time;
                }
                else if (++read > MostRead)
                {
                    return true;
                }
                else
                {
                    marks.Add(MarkOf(row));
                }
            }

            return false;
        }
    }

    /// <summary>Takes marks away that were not set again since they were read.</summary>
    public async Task RemoveAsync(IEnumerable<ChangeMark> marks, CancellationToken cancellationToken)
    {
        foreach (ChangeMark[] some in marks.Chunk(MostPerTransaction))
        {
            try
            {
                await _table.SubmitAsync(
                    TableTransactionActionType.Delete,
                    some.Select(static mark => new TableEntity(PartitionOf(mark.Cluster), mark.RowKey) { ETag = mark.ETag }),
                    cancellationToken);
            }
            catch (RequestFailedException again) when (again.Status is 404 or 412)
            {
                // A transaction is all or nothing: the others go one by one.
                await RemoveOneByOneAsync(some, cancellationToken);
            }
        }
    }

    private async Task RemoveOneByOneAsync(ChangeMark[] marks, CancellationToken cancellationToken)
    {
        ParallelOptions several = new() { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(marks, several, async (mark, cancel) =>
        {
            try
            {
                await _table.DeleteEntityAsync(PartitionOf(mark.Cluster), mark.RowKey, mark.ETag, cancel);
            }
            catch (RequestFailedException again) when (again.Status is 404 or 412)
            {
                // The next run looks at it.
            }
        });
    }

    /// <summary>Takes a cluster that has no marks left from the list, or lists it for the time when the next is due.</summary>
    /// <returns>False when something was marked since these were read.</returns>
    public async Task<bool> RestAsync(ClusterMarks marks, CancellationToken cancellationToken)
    {
        try
        {
            if (marks.Next is { } next)
            {
                TableEntity row = new(Listed, marks.Cluster) { ["NotBefore"] = next };
                await (marks.Listed is { } seen
                    ? _table.UpdateEntityAsync(row, seen, TableUpdateMode.Replace, cancellationToken)
                    : _table.AddEntityAsync(row, cancellationToken));
            }
            else if (marks.Listed is { } seen)
            {
                await _table.DeleteEntityAsync(Listed, marks.Cluster, seen, cancellationToken);
            }

            return true;
        }
        catch (RequestFailedException again) when (again.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    private Task<Response> MarkLaterAsync(TableEntity row, DateTimeOffset time, CancellationToken cancellationToken)
    {
        row["NotBefore"] = time;
        return _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
    }

    internal static ChangeMark MarkOf(TableEntity row)
    {
        string cluster = row.GetString("Cluster");
        return new ChangeMark(
            cluster,
            row.GetInt64("Bucket"),
            row.GetString("Actor") is { } actor
                ? new ActorDay(cluster, actor, DateOnly.ParseExact(row.GetString("Day"), "O", CultureInfo.InvariantCulture)) : null,
            row.RowKey,
            row.ETag);
    }

    private static string PartitionOf(string cluster) => $"changed|{cluster}";

    private static TableEntity Row((string Cluster, long Bucket) changed, string kind) => new(
        PartitionOf(changed.Cluster), string.Create(CultureInfo.InvariantCulture, $"{kind}|{changed.Bucket}"))
    {
        ["Cluster"] = changed.Cluster,
        ["Bucket"] = changed.Bucket,
    };

    private static TableEntity Row(ActorDay day, string kind) => new(PartitionOf(day.Cluster), $"{kind}|{day.Id}")
    {
        ["Cluster"] = day.Cluster,
        ["Actor"] = day.ActorName,
        ["Day"] = day.Day.ToString("O", CultureInfo.InvariantCulture),
    };
}
