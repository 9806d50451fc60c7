using System.Globalization;
using System.Runtime.CompilerServices;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Who opened or used which identity or pod, and which unauthenticated sources did something grave: rows in the table of the
/// detections, and in the same partition, so that both are one transaction. Row: cluster, entity, event time and detection.
/// </summary>
public sealed class DetectionLinks(StorageClients storage)
{
    /// <summary>Who opened an identity or pod.</summary>
    internal const string Opened = "opened";

    /// <summary>Who used an identity's or pod's token.</summary>
    internal const string Used = "used";

    private const string Kind = "links";
    private const string Unauthenticated = "unauthenticated";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.DetectionsTable);
    private readonly OldRows _old = new(storage.Tables.GetTableClient(StorageNames.DetectionsTable));

    /// <summary>The unauthenticated sources that did something grave on a day.</summary>
    public Task<HashSet<ActorDay>> GraveUnauthenticatedAsync(string cluster, DateOnly day, CancellationToken cancellationToken)
    {
        DateTimeOffset start = new(day, TimeOnly.MinValue, TimeSpan.Zero);
        return ReadAsync(cluster, day, Unauthenticated, DayName(day), start, start.AddDays(1).AddTicks(-1), cancellationToken);
    }

    /// <summary>Who opened, or used, which identity or pod in a month, by the hash of its name.</summary>
    /// <returns>Null when there are more than so many.</returns>
    internal async Task<ILookup<string, (DateTimeOffset Time, ActorDay Day)>?> TryReadAsync(
        string cluster, DateOnly month, string kind, int most, CancellationToken cancellationToken)
    {
        List<(string Entity, DateTimeOffset Time, ActorDay Day)> rows = [];
        await foreach (TableEntity row in RowsAsync(cluster, month, $"{kind}|", $"{kind}}}", cancellationToken))
        {
            if (rows.Count == most)
            {
                return null;
            }

            string[] key = row.RowKey.Split('|');
            rows.Add((key[^3], new DateTimeOffset(long.Parse(key[^2], CultureInfo.InvariantCulture), TimeSpan.Zero), DayOf(cluster, row)));
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
                SharedPartition.Of(detection.Cluster, DateOnly.FromDateTime(detection.Time.UtcDateTime)),
                SharedPartition.Key(
                    Kind, detection.Cluster, $"{Prefix(link.Item1, link.entity)}{Ticks(detection.Time)}|{detection.Id}"))
            {
                ["Actor"] = day.ActorName,
                ["Day"] = DayName(day.Day),
            });
    }

    internal static string Ticks(DateTimeOffset time) => time.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>Who opened, or used, an identity or pod in that part of a span of time that is in a month.</summary>
    internal async Task<HashSet<ActorDay>> ReadAsync(
        string cluster,
        DateOnly month,
        string kind,
        string entity,
        DateTimeOffset from,
        DateTimeOffset to,
        CancellationToken cancellationToken)
    {
        HashSet<ActorDay> days = [];
        string prefix = Prefix(kind, entity);
        await foreach (TableEntity row in RowsAsync(
            cluster, month, $"{prefix}{Ticks(from)}", $"{prefix}{Ticks(to)}~", cancellationToken))
        {
            days.Add(DayOf(cluster, row));
        }

        return days;
    }

    // Rows of versions until 0.1 lie in a partition for each cluster and month.
    private async IAsyncEnumerable<TableEntity> RowsAsync(
        string cluster, DateOnly month, string from, string to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<string> ranges = [SharedPartition.Range(Kind, cluster, month, from, to)];
        string name = month.ToString("yyyy-MM", CultureInfo.InvariantCulture);
        if (await _old.AnyAsync($"{Kind}|{cluster}", name, cancellationToken))
        {
            ranges.Add($"PartitionKey eq '{Kind}|{cluster}|{name}' and RowKey ge '{from}' and RowKey lt '{to}'");
        }

        foreach (string range in ranges)
        {
            await foreach (TableEntity row in _table.QueryAsync<TableEntity>(range, cancellationToken: cancellationToken))
            {
                yield return row;
            }
        }
    }

    private static ActorDay DayOf(string cluster, TableEntity row) =>
        new(cluster, row.GetString("Actor"), DateOnly.ParseExact(row.GetString("Day"), "O", CultureInfo.InvariantCulture));

    // Names of users hold what keys must not.
    private static string Prefix(string kind, string entity) => $"{kind}|{ContentId.Of(entity)}|";

    private static string DayName(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);
}
