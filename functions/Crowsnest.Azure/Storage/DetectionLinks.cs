using System.Globalization;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Who opened or used which identity or pod, and which unauthenticated sources did something grave: rows in the table of the
/// detections. Partition: cluster and month; row: entity, event time and detection, so that those of a batch are one
/// transaction.
/// </summary>
public sealed class DetectionLinks(StorageClients storage)
{
    private const string Opened = "opened";
    private const string Used = "used";
    private const string Unauthenticated = "unauthenticated";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.DetectionsTable);

    /// <summary>Who opened an identity or pod in a span of time.</summary>
    public Task<List<ActorDay>> OpenersAsync(
        string cluster, string entity, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        ReadAsync(cluster, Opened, entity, from, to, cancellationToken);

    /// <summary>Who used a pod's token in a span of time.</summary>
    public Task<List<ActorDay>> UsersAsync(
        string cluster, string entity, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        ReadAsync(cluster, Used, entity, from, to, cancellationToken);

    /// <summary>The unauthenticated sources that did something grave on a day.</summary>
    public Task<List<ActorDay>> GraveUnauthenticatedAsync(string cluster, DateOnly day, CancellationToken cancellationToken)
    {
        DateTimeOffset start = new(day, TimeOnly.MinValue, TimeSpan.Zero);
        return ReadAsync(cluster, Unauthenticated, DayName(day), start, start.AddDays(1).AddTicks(-1), cancellationToken);
    }

    /// <summary>Who opened which identity or pod in a month, by the hash of its name.</summary>
    /// <returns>Null when there are more than so many.</returns>
    internal async Task<ILookup<string, (DateTimeOffset Time, ActorDay Day)>?> TryReadOpenedAsync(
        string cluster, DateOnly month, int most, CancellationToken cancellationToken)
    {
        List<(string Entity, DateTimeOffset Time, ActorDay Day)> rows = [];
        string filter = $"PartitionKey eq '{Partition(cluster, month.ToDateTime(TimeOnly.MinValue))}' "
            + $"and RowKey ge '{Opened}|' and RowKey lt '{Opened}}}'";
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (rows.Count == most)
            {
                return null;
            }

            string[] key = row.RowKey.Split('|');
            rows.Add((key[1], new DateTimeOffset(long.Parse(key[2], CultureInfo.InvariantCulture), TimeSpan.Zero), DayOf(cluster, row)));
        }

        return rows.ToLookup(static row => row.Entity, static row => (row.Time, row.Day), StringComparer.Ordinal);
    }

    /// <summary>The rows of a detection; none when it makes no incidents.</summary>
    internal static IEnumerable<TableEntity> RowsOf(Detection detection)
    {
        if (!IncidentBuilder.MakesIncidents(detection))
        {
            return [];
        }

        ActorDay day = ActorDay.Of(detection);
        return detection.Opens.Select(static entity => (Opened, entity)).Concat(detection.Uses.Select(static entity => (Used, entity)))
            .Concat(Flood.IsUnauthenticated(detection) && Flood.IsGrave(detection) ? [(Unauthenticated, DayName(day.Day))] : [])
            .Distinct().Select(link => new TableEntity(
                Partition(detection.Cluster, detection.Time.UtcDateTime),
                $"{Prefix(link.Item1, link.entity)}{Ticks(detection.Time)}|{detection.Id}")
            {
                ["Actor"] = day.ActorName,
                ["Day"] = DayName(day.Day),
            });
    }

    internal static string Ticks(DateTimeOffset time) => time.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    private async Task<List<ActorDay>> ReadAsync(
        string cluster, string kind, string entity, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        HashSet<ActorDay> days = [];
        string prefix = Prefix(kind, entity);
        DateTime last = to.UtcDateTime;

        // A query over several partitions at once would scan the table.
        for (DateTime month = new(from.UtcDateTime.Year, from.UtcDateTime.Month, 1); month <= last; month = month.AddMonths(1))
        {
            string filter = $"PartitionKey eq '{Partition(cluster, month)}' and "
                + $"RowKey ge '{prefix}{Ticks(from)}' and RowKey lt '{prefix}{Ticks(to)}~'";
            await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                days.Add(DayOf(cluster, row));
            }
        }

        return [.. days];
    }

    private static ActorDay DayOf(string cluster, TableEntity row) =>
        new(cluster, row.GetString("Actor"), DateOnly.ParseExact(row.GetString("Day"), "O", CultureInfo.InvariantCulture));

    private static string Partition(string cluster, DateTime time) =>
        $"links|{cluster}|{time.ToString("yyyy-MM", CultureInfo.InvariantCulture)}";

    // Names of users hold what keys must not.
    private static string Prefix(string kind, string entity) => $"{kind}|{ContentId.Of(entity)}|";

    private static string DayName(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);
}
