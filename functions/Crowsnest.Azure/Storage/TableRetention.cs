using System.Globalization;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Removes rows whose days are over. All tables but those of suppressions and answers have the day in their partitions' names, or behind
/// the cluster's in those of their rows, so what is old is a range, which is read as keys only and deleted a hundred rows at once. The
/// archive keeps what the rows were made of.
/// </summary>
public sealed class TableRetention(StorageClients storage, FeedTable feeds, TimeProvider clock, IOptions<CrowsnestOptions> options)
{
    // Longer than a hub keeps events, so that whatever it brings again still finds its like.
    private const int ActivityDays = 8;

    // What is left goes an hour later.
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(5);

    /// <summary>Removes.</summary>
    /// <returns>False when the time was over before all were done.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(Budget);
        DateOnly today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        DateOnly findings = today.AddDays(-options.Value.FindingDays);
        DateOnly alerts = today.AddDays(-options.Value.AlertDays);
        DateOnly activity = today.AddDays(-ActivityDays);
        try
        {
            foreach (string cluster in await feeds.ClustersAsync(time.Token))
            {
                await DeleteAsync(StorageNames.DetectionsTable, $"{cluster}|", findings);
                await DeleteAsync(StorageNames.DetectionsTable, $"links|{cluster}|", findings, "yyyy-MM");
                await DeleteWrittenAsync(StorageNames.DetectionsTable, DetectionRow.RangeBefore(cluster, findings), findings);
                await DeleteAsync(StorageNames.IncidentsTable, $"{cluster}|", findings);
                await DeleteAsync(StorageNames.ActivityTable, $"{cluster}|", activity);
                await DeleteWrittenAsync(StorageNames.ActivityTable, ActivityTable.RangeBefore(cluster, activity), activity);
                await DeleteAsync(StorageNames.ActivityTable, $"found|{cluster}|", activity);
                await DeleteAsync(StorageNames.AlertsTable, $"{cluster}|", alerts);
                await DeleteAsync(StorageNames.AlertsTable, $"budget|{cluster}|", alerts);
            }

            foreach (string months in SharedPartition.RangesBefore(findings))
            {
                await DeleteWrittenAsync(StorageNames.DetectionsTable, months, findings);
            }

            await DeleteAsync(StorageNames.AlertsTable, "journal|", alerts);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }

        // Partitions are named PREFIX and the day of the event.
        Task DeleteAsync(string table, string prefix, DateOnly before, string format = "yyyy-MM-dd") => DeleteWrittenAsync(
            table,
            $"PartitionKey ge '{prefix}0' and PartitionKey lt '{prefix}{before.ToString(format, CultureInfo.InvariantCulture)}'",
            before);

        // What was written lately stays: somebody replays what happened long ago.
        Task DeleteWrittenAsync(string table, string range, DateOnly before) => storage.Tables.GetTableClient(table).DeleteAllAsync(
            $"{range} and Timestamp lt datetime'{before.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}T00:00:00Z'",
            time.Token);
    }
}
