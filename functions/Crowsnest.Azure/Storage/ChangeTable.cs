using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What CorrelateCluster has to look at, in the table <c>activity</c>: marks of each cluster, and a row that lists a cluster which has
/// some. Whoever changes something sets its mark and lists the cluster; whoever has dealt with it takes the mark away, unless it was set
/// again meanwhile, and the cluster last. So nothing that comes late is missed.
/// </summary>
public sealed class ChangeTable(StorageClients storage, TimeProvider clock)
{
    private const string Marks = "marks";
    private const string Listed = "marked";

    // About a page of storage. What is left is read when these are done.
    private const int MostRead = 1_000;

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.ActivityTable);

    /// <summary>Marks what has changed.</summary>
    /// <param name="buckets">Buckets of activity.</param>
    /// <param name="days">Days of actors, and how grave the change is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task MarkAsync(
        IEnumerable<(string Cluster, long Bucket)> buckets,
        IEnumerable<(ActorDay Day, Severity Severity)> days,
        CancellationToken cancellationToken)
    {
        SharedRows rows = new();
        Add(rows, buckets, days);
        return rows.SubmitAsync(_table, cancellationToken);
    }

    /// <summary>Adds the marks of what has changed; after them nothing of these clusters may be added.</summary>
    internal void Add(
        SharedRows rows, IEnumerable<(string Cluster, long Bucket)> buckets, IEnumerable<(ActorDay Day, Severity Severity)> days)
    {
        // The severity is part of the key: a small change must not hide that a grave one waits.
        TableEntity[] marks =
        [
            .. buckets.Distinct().Select(static one => Row(one, "b")),
            .. days.Distinct().Select(static one => Row(one.Day, $"a{(int)Severity.Critical - (int)one.Severity}")),
        ];
        foreach (IGrouping<string, TableEntity> some in marks.GroupBy(static row => row.GetString("Cluster")))
        {
            TableEntity listed = new(SharedPartition.Of(some.Key), ListedKey(some.Key)) { ["NotBefore"] = clock.GetUtcNow() };
            string grave = SharedPartition.Key(Marks, some.Key, "a2");
            foreach (TableEntity row in some)
            {
                rows.Merge(some.Key, row);
                if (string.CompareOrdinal(row.RowKey, grave) < 0)
                {
                    listed["Grave"] = true;
                }
            }

            rows.Merge(some.Key, listed);
        }
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
        foreach (string partition in SharedPartition.All)
        {
            await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
                $"PartitionKey eq '{partition}' and RowKey ge '{ListedKey("")}' and RowKey lt '{Listed}}}'",
                cancellationToken: cancellationToken))
            {
                if (!(row.GetDateTimeOffset("NotBefore") > now) && !(row.GetDateTimeOffset("AskedAt") >= askedBefore))
                {
                    rows.Add(row);
                }
            }
        }

        return
        [
            .. rows.OrderByDescending(static row => row.GetBoolean("Grave") is true)
                .ThenBy(static row => row.GetDateTimeOffset("NotBefore"))
                .Select(static row => new ListedCluster(row.RowKey[ListedKey("").Length..], row.ETag)),
        ];
    }

    /// <summary>Remembers that somebody is asked to deal with a cluster, unless it has changed meanwhile.</summary>
    public async Task AskedAsync(ListedCluster cluster, CancellationToken cancellationToken)
    {
        try
        {
            TableEntity row = new(SharedPartition.Of(cluster.Cluster), ListedKey(cluster.Cluster)) { ["AskedAt"] = clock.GetUtcNow() };
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
            SharedPartition.Of(cluster), ListedKey(cluster), cancellationToken: cancellationToken);
        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset? next = null;
        List<ChangeMark> marks = [];
        if (await ReadAsync(SharedPartition.Range(Marks, cluster, "", "~")))
        {
            await ReadAsync(SharedPartition.Range(Marks, cluster, "b", "c"));
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
    public Task RemoveAsync(IEnumerable<ChangeMark> marks, CancellationToken cancellationToken) => _table.DeleteUnchangedAsync(
        marks.Select(static mark => (SharedPartition.Of(mark.Cluster), mark.RowKey, mark.ETag)), cancellationToken);

    /// <summary>Takes a cluster that has no marks left from the list, or lists it for the time when the next is due.</summary>
    /// <returns>False when something was marked since these were read.</returns>
    public async Task<bool> RestAsync(ClusterMarks marks, CancellationToken cancellationToken)
    {
        try
        {
            if (marks.Next is { } next)
            {
                TableEntity row = new(SharedPartition.Of(marks.Cluster), ListedKey(marks.Cluster)) { ["NotBefore"] = next };
                await (marks.Listed is { } seen
                    ? _table.UpdateEntityAsync(row, seen, TableUpdateMode.Replace, cancellationToken)
                    : _table.AddEntityAsync(row, cancellationToken));
            }
            else if (marks.Listed is { } seen)
            {
                await _table.DeleteEntityAsync(
                    SharedPartition.Of(marks.Cluster), ListedKey(marks.Cluster), seen, cancellationToken);
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

    private static string ListedKey(string cluster) => $"{Listed}|{cluster}";

    private static TableEntity Row((string Cluster, long Bucket) changed, string kind) => new(
        SharedPartition.Of(changed.Cluster),
        SharedPartition.Key(Marks, changed.Cluster, string.Create(CultureInfo.InvariantCulture, $"{kind}|{changed.Bucket}")))
    {
        ["Cluster"] = changed.Cluster,
        ["Bucket"] = changed.Bucket,
    };

    private static TableEntity Row(ActorDay day, string kind) => new(
        SharedPartition.Of(day.Cluster), SharedPartition.Key(Marks, day.Cluster, $"{kind}|{day.Id}"))
    {
        ["Cluster"] = day.Cluster,
        ["Actor"] = day.ActorName,
        ["Day"] = day.Day.ToString("O", CultureInfo.InvariantCulture),
    };
}
