using System.Globalization;
using Azure.Data.Tables;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Rules;

namespace Crowsnest.Azure.Storage;

/// <summary>A row of <see cref="FeedTable"/>: what a batch says of a cluster's feed.</summary>
internal static class FeedRow
{
    private const string Kind = "feed";

    // A binary property holds 64 KiB at most.
    private const int LargestPiece = 60 * 1024;

    internal static IReadOnlyList<string> PulseColumns { get; } =
        ["Arrived", "Categories", "LatestEvent", "HasReads", "Written", "WithBody", "Volume", "Audit", "Unread", "Example"];

    internal static IEnumerable<TableEntity> Of(
        (string Cluster, DateOnly Day) feed, FeedTally tally, FeedPulse? pulse, BatchPosition position)
    {
        // Of a batch over midnight, what came on the second day is a row of that day.
        DateTimeOffset arrived = position.Arrived > StartOf(feed.Day) ? position.Arrived : StartOf(feed.Day);
        int piece = 0;
        foreach (byte[] bytes in tally.ToPieces(LargestPiece))
        {
            TableEntity row = new(
                SharedPartition.Of(feed.Cluster),
                SharedPartition.Key(Kind, feed.Cluster, string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Time(arrived)}|p{position.Partition}-{position.First}-{position.Last}-{piece}")))
            {
                ["Arrived"] = pulse?.LatestArrival ?? position.Arrived,
                ["Tally"] = bytes,
            };
            if (piece == 0 && pulse is not null)
            {
                row["Categories"] = string.Join(',', pulse.Categories);
                row["LatestEvent"] = pulse.LatestEvent;
                row["HasReads"] = pulse.Facts.HasReads;
                row["Written"] = Join(pulse.Facts.Written);
                row["WithBody"] = Join(pulse.Facts.WithBody);
                row["Volume"] = pulse.Volume.ToString();
                row["Audit"] = pulse.Unread.Audit;
                row["Unread"] = pulse.Unread.Unread;
                row["Example"] = pulse.Unread.Example;
            }

            yield return row;
            piece++;
        }
    }

    /// <summary>What a row says besides the counts; null when it is a further piece of the tally.</summary>
    internal static FeedPulse? PulseOf(TableEntity row) => row.GetString("Categories") is not { } categories ? null : new FeedPulse(
        Split(categories),
        row.GetDateTimeOffset("LatestEvent"),
        row.GetDateTimeOffset("Arrived") ?? default,
        CaptureFacts.Of(row.GetBoolean("HasReads") == true, Split(row.GetString("Written")), Split(row.GetString("WithBody"))))
    {
        Volume = FeedVolume.Parse(row.GetString("Volume")),
        Unread = new FeedUnread(row.GetInt64("Audit") ?? 0, row.GetInt64("Unread") ?? 0, row.GetString("Example") ?? ""),
    };

    /// <summary>Finds what arrived from one time up to another.</summary>
    internal static string Range(string cluster, DateTimeOffset from, DateTimeOffset to) =>
        SharedPartition.Range(Kind, cluster, Time(from), Time(to));

    internal static DateTimeOffset StartOf(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);

    internal static string DayOf(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss", CultureInfo.InvariantCulture);

    private static string[] Split(string? list) => list?.Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];

    // Kinds of objects are as many as somebody cares to define: a text property holds 32 Ki characters.
    private static string Join(IEnumerable<string> kinds) => string.Join(
        ',', kinds.Where(static kind => kind.Length < 100 && !kind.Contains(',', StringComparison.Ordinal)).Take(300));
}
