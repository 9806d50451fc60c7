using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Archiving;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Who did how much of what. Partition: cluster and UTC day of event time; rows: bucket, the batch's place in the hub and the piece,
/// so that what a batch brings is one transaction a cluster. A batch delivered again writes the same rows, one that is cut anew
/// merges with what overlaps it, and what was read is put together so that the next reader has less to do.
/// </summary>
public sealed class ActivityTable(StorageClients storage, ILogger<ActivityTable> log)
{
    // About 40 KiB when compressed.
    private const int LargestPiece = 256 * 1024;

    // A binary property holds 64 KiB at most, a row 1 MiB.
    private const int PropertySize = 60 * 1024;

    // From so many rows on it pays to put them together.
    private const int ManyRows = 20;

    private const string Merged = "m";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.ActivityTable);

    /// <summary>Writes what a batch brought.</summary>
    /// <returns>The clusters and buckets that have changed.</returns>
    public async Task<IReadOnlyCollection<(string Cluster, long Bucket)>> WriteAsync(
        ActivityLog activity,
        BatchPosition position,
        CancellationToken cancellationToken)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"p{position.Partition}-{position.First}-{position.Last}");
        HashSet<(string, long)> changed = [];
        List<TableEntity> rows = [];
        foreach ((string cluster, long bucket, byte[] piece) in activity.ToPieces(LargestPiece))
        {
            changed.Add((cluster, bucket));
            rows.Add(Row(cluster, bucket, $"{place}-{rows.Count}", piece));
        }

        await Task.WhenAll(rows.GroupBy(static row => row.PartitionKey)
            .SelectMany(static some => some.InTransactions(SizeOf))
            .Select(some => _table.SubmitAsync(TableTransactionActionType.UpsertReplace, some, cancellationToken)));
        return changed;
    }

    /// <summary>Reads buckets, every event counted once, and puts the rows of one together when there are many.</summary>
    /// <returns>The buckets of the range that have any.</returns>
    public async Task<IReadOnlyDictionary<long, ActivityLog>> ReadAsync(
        string cluster, long first, long last, CancellationToken cancellationToken)
    {
        Dictionary<long, ActivityLog> buckets = [];
        List<(long Bucket, string RowKey, ETag ETag)> rows = [];
        for (DateOnly day = DayOf(first); day <= DayOf(last); day = day.AddDays(1))
        {
            string filter = $"PartitionKey eq '{PartitionKey(cluster, day)}'"
                + (day == DayOf(first) ? $" and RowKey ge '{RowKey(first, "")}'" : "")
                + (day == DayOf(last) ? $" and RowKey lt '{RowKey(last, "~")}'" : "");
            await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                try
                {
                    long bucket = BucketOf(day, row.RowKey);
                    if (!buckets.TryGetValue(bucket, out ActivityLog? activity))
                    {
                        buckets.Add(bucket, activity = new ActivityLog());
                    }

                    activity.Read(cluster, Piece(row));
                    rows.Add((bucket, row.RowKey, row.ETag));
                }
                catch (InvalidDataException broken)
                {
                    // It costs itself only, and is left where it lies.
                    Log.ActivityNotRead(log, row.PartitionKey, row.RowKey, broken);
                }
            }
        }

        foreach (IGrouping<long, (long Bucket, string RowKey, ETag ETag)> bucket in rows.GroupBy(static row => row.Bucket))
        {
            string merged = RowKey(bucket.Key, Merged);
            if (bucket.Count(row => !row.RowKey.StartsWith(merged, StringComparison.Ordinal)) >= ManyRows)
            {
                await CompactAsync(
                    cluster, bucket.Key, buckets[bucket.Key], [.. bucket.Select(static row => (row.RowKey, row.ETag))], cancellationToken);
            }
        }

        return buckets;
    }

    // What is put together is written before its parts go: a crash in between leaves both, and they merge to the same.
    private async Task CompactAsync(
        string cluster,
        long bucket,
        ActivityLog activity,
        List<(string RowKey, ETag ETag)> rows,
        CancellationToken cancellationToken)
    {
        HashSet<string> kept = new(StringComparer.Ordinal);
        foreach ((string _, long _, byte[] piece) in activity.ToPieces(LargestPiece))
        {
            TableEntity row = Row(cluster, bucket, string.Create(CultureInfo.InvariantCulture, $"{Merged}{kept.Count}"), piece);
            kept.Add(row.RowKey);
            await _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
        }

        ParallelOptions several = new() { MaxDegreeOfParallelism = 16, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(rows.Where(row => !kept.Contains(row.RowKey)), several, async (row, cancel) =>
        {
            try
            {
                // A row that was written anew meanwhile stays.
                await _table.DeleteEntityAsync(PartitionKey(cluster, DayOf(bucket)), row.RowKey, row.ETag, cancel);
            }
            catch (RequestFailedException gone) when (gone.Status is 404 or 412)
            {
                // It is merged already, or will be with the next reading.
            }
        });
    }

    private static string PartitionKey(string cluster, DateOnly day) =>
        string.Create(CultureInfo.InvariantCulture, $"{cluster}|{day:yyyy-MM-dd}");

    private static string RowKey(long bucket, string piece) =>
        string.Create(CultureInfo.InvariantCulture, $"{TimeOf(bucket).UtcDateTime:HH.mm}|{piece}");

    private static DateOnly DayOf(long bucket) => DateOnly.FromDateTime(TimeOf(bucket).UtcDateTime);

    // A row's key begins with the time of its bucket.
    private static long BucketOf(DateOnly day, string rowKey) =>
        TimeOnly.TryParseExact(rowKey.Split('|')[0], "HH.mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly time)
            ? BucketOf(new DateTimeOffset(day.ToDateTime(time), TimeSpan.Zero))
            : throw new InvalidDataException($"the row {rowKey} has no time");

    /// <summary>When a bucket begins, UTC.</summary>
    public static DateTimeOffset TimeOf(long bucket) =>
        new(bucket * ActivityLog.BucketMinutes * TimeSpan.TicksPerMinute, TimeSpan.Zero);

    /// <summary>The bucket of a time.</summary>
    public static long BucketOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMinute / ActivityLog.BucketMinutes;

    // What does not compress well is larger than a property; a row has room for several.
    private static TableEntity Row(string cluster, long bucket, string name, byte[] piece)
    {
        TableEntity row = new(PartitionKey(cluster, DayOf(bucket)), RowKey(bucket, name));
        for (int i = 0; i * PropertySize < piece.Length; i++)
        {
            row[string.Create(CultureInfo.InvariantCulture, $"Activity{i}")] =
                piece[(i * PropertySize)..Math.Min(piece.Length, (i + 1) * PropertySize)];
        }

        return row;
    }

    // Bytes are sent as base64.
    private static int SizeOf(TableEntity row) =>
        ((IDictionary<string, object>)row).Values.OfType<byte[]>().Sum(static part => part.Length * 4 / 3);

    private static byte[] Piece(TableEntity row)
    {
        using MemoryStream piece = new();
        for (int i = 0; row.GetBinary(string.Create(CultureInfo.InvariantCulture, $"Activity{i}")) is { } part; i++)
        {
            piece.Write(part);
        }

        return piece.ToArray();
    }
}
