using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Archiving;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Who did how much of what. Rows of a cluster: bucket of event time, the batch's place in the hub and the piece. A batch delivered again
/// writes the same rows, one that is cut anew merges with what overlaps it, and what was read is put together so that the next reader has
/// less to do.
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
    private const string Kind = "cells";
    private const string Time = "yyyy-MM-dd'T'HH.mm";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.ActivityTable);
    private readonly OldRows _old = new(storage.Tables.GetTableClient(StorageNames.ActivityTable));

    /// <summary>Adds what a batch brought.</summary>
    /// <returns>The clusters and buckets that change by it.</returns>
    internal static IReadOnlyCollection<(string Cluster, long Bucket)> Add(SharedRows rows, ActivityLog activity, BatchPosition position)
    {
        string place = string.Create(CultureInfo.InvariantCulture, $"p{position.Partition}-{position.First}-{position.Last}");
        HashSet<(string, long)> changed = [];
        int pieces = 0;
        foreach ((string cluster, long bucket, byte[] piece) in activity.ToPieces(LargestPiece))
        {
            changed.Add((cluster, bucket));
            rows.Replace(cluster, Row(cluster, bucket, string.Create(CultureInfo.InvariantCulture, $"{place}-{pieces++}"), piece));
        }

        return changed;
    }

    /// <summary>Reads buckets, every event counted once, and puts the rows of one together when there are many.</summary>
    /// <returns>The buckets of the range that have any.</returns>
    public async Task<IReadOnlyDictionary<long, ActivityLog>> ReadAsync(
        string cluster, long first, long last, CancellationToken cancellationToken)
    {
        Dictionary<long, ActivityLog> buckets = [];
        List<(long Bucket, string PartitionKey, string RowKey, ETag ETag)> rows = [];
        foreach (string filter in await FiltersAsync(cluster, first, last, cancellationToken))
        {
            await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                try
                {
                    long bucket = BucketOf(row);
                    if (!buckets.TryGetValue(bucket, out ActivityLog? activity))
                    {
                        buckets.Add(bucket, activity = new ActivityLog());
                    }

                    activity.Read(cluster, Piece(row));
                    rows.Add((bucket, row.PartitionKey, row.RowKey, row.ETag));
                }
                catch (InvalidDataException broken)
                {
                    // It costs itself only, and is left where it lies.
                    Log.ActivityNotRead(log, row.PartitionKey, row.RowKey, broken);
                }
            }
        }

        foreach (var bucket in rows.GroupBy(static row => row.Bucket))
        {
            string merged = RowKey(cluster, bucket.Key, Merged);
            if (bucket.Count(row => !row.RowKey.StartsWith(merged, StringComparison.Ordinal)) >= ManyRows)
            {
                await CompactAsync(
                    cluster,
                    bucket.Key,
                    buckets[bucket.Key],
                    bucket.Select(static row => (row.PartitionKey, row.RowKey, row.ETag)),
                    cancellationToken);
            }
        }

        return buckets;
    }

    private async Task<IReadOnlyList<string>> FiltersAsync(string cluster, long first, long last, CancellationToken cancellationToken)
    {
        List<string> filters = [SharedPartition.Range(Kind, cluster, NameOf(first), $"{NameOf(last)}}}")];
        if (await _old.AnyAsync(cluster, NameOf(first)[.."yyyy-MM-dd".Length], cancellationToken))
        {
            for (DateOnly day = DayOf(first); day <= DayOf(last); day = day.AddDays(1))
            {
                filters.Add(string.Create(CultureInfo.InvariantCulture, $"PartitionKey eq '{cluster}|{day:yyyy-MM-dd}'")
                    + (day == DayOf(first) ? $" and RowKey ge '{OldNameOf(first)}|'" : "")
                    + (day == DayOf(last) ? $" and RowKey lt '{OldNameOf(last)}}}'" : ""));
            }
        }

        return filters;
    }

    // What is put together is written before its parts go: a crash in between leaves both, and they merge to the same.
    private async Task CompactAsync(
        string cluster,
        long bucket,
        ActivityLog activity,
        IEnumerable<(string PartitionKey, string RowKey, ETag ETag)> rows,
        CancellationToken cancellationToken)
    {
        HashSet<string> kept = new(StringComparer.Ordinal);
        foreach ((string _, long _, byte[] piece) in activity.ToPieces(LargestPiece))
        {
            TableEntity row = Row(cluster, bucket, string.Create(CultureInfo.InvariantCulture, $"{Merged}{kept.Count}"), piece);
            kept.Add(row.RowKey);
            await _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
        }

        // A row that was written anew meanwhile stays: it is merged already, or will be with the next reading.
        await _table.DeleteUnchangedAsync(rows.Where(row => !kept.Contains(row.RowKey)), cancellationToken);
    }

    private static string RowKey(string cluster, long bucket, string piece) =>
        SharedPartition.Key(Kind, cluster, $"{NameOf(bucket)}|{piece}");

    private static string NameOf(long bucket) => TimeOf(bucket).UtcDateTime.ToString(Time, CultureInfo.InvariantCulture);

    private static string OldNameOf(long bucket) => TimeOf(bucket).UtcDateTime.ToString("HH.mm", CultureInfo.InvariantCulture);

    private static DateOnly DayOf(long bucket) => DateOnly.FromDateTime(TimeOf(bucket).UtcDateTime);

    // In rows of versions until 0.1 the day is in the name of the partition.
    private static long BucketOf(TableEntity row)
    {
        string name = row.PartitionKey.StartsWith(SharedPartition.Prefix, StringComparison.Ordinal)
            ? row.RowKey.Split('|')[2] : $"{row.PartitionKey.Split('|')[1]}T{row.RowKey.Split('|')[0]}";
        return DateTimeOffset.TryParseExact(
            name, Time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? BucketOf(time) : throw new InvalidDataException($"the row {row.RowKey} has no time");
    }

    /// <summary>Finds what a cluster did on days before one.</summary>
    internal static string RangeBefore(string cluster, DateOnly day) =>
        SharedPartition.Range(Kind, cluster, "", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));

    /// <summary>When a bucket begins, UTC.</summary>
    public static DateTimeOffset TimeOf(long bucket) =>
        new(bucket * ActivityLog.BucketMinutes * TimeSpan.TicksPerMinute, TimeSpan.Zero);

    /// <summary>The bucket of a time.</summary>
    public static long BucketOf(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerMinute / ActivityLog.BucketMinutes;

    // What does not compress well is larger than a property; a row has room for several.
    private static TableEntity Row(string cluster, long bucket, string name, byte[] piece)
    {
        TableEntity row = new(SharedPartition.Of(cluster), RowKey(cluster, bucket, name));
        for (int i = 0; i * PropertySize < piece.Length; i++)
        {
            row[string.Create(CultureInfo.InvariantCulture, $"Activity{i}")] =
                piece[(i * PropertySize)..Math.Min(piece.Length, (i + 1) * PropertySize)];
        }

        return row;
    }

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
