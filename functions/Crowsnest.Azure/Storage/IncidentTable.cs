using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>The incidents as they stand. Partition: cluster and UTC day; row: the incident's id.</summary>
public sealed class IncidentTable(StorageClients storage)
{
    private const string Queued = "AlertQueued";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.IncidentsTable);

    /// <summary>Writes how the incident stands now. What is known of its alert stays.</summary>
    public Task WriteAsync(ActorDay key, Incident incident, CancellationToken cancellationToken)
    {
        // The detections lie in their own table; a row holds 64 KiB at most.
        Incident summary = incident with { Detections = [incident.Lead] };
        TableEntity row = new(DetectionTable.PartitionKey(key.Cluster, key.Day), key.Id)
        {
            ["Actor"] = incident.Actor,
            ["Severity"] = incident.Severity.ToString(),
            ["Title"] = incident.Title,
            ["From"] = incident.From,
            ["To"] = incident.To,
            ["DetectionCount"] = incident.Detections.Count,
            ["Json"] = JsonSerializer.Serialize(summary, OutputJson.Lines.Incident),
        };
        return _table.UpsertEntityAsync(row, TableUpdateMode.Merge, cancellationToken);
    }

    /// <summary>True when an alert about the incident was put into the queue before.</summary>
    public async Task<bool> IsAlertQueuedAsync(ActorDay key, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> row = await _table.GetEntityIfExistsAsync<TableEntity>(
            DetectionTable.PartitionKey(key.Cluster, key.Day), key.Id, [Queued], cancellationToken);
        return row.HasValue && row.Value!.GetBoolean(Queued) == true;
    }

    public Task MarkAlertQueuedAsync(ActorDay key, CancellationToken cancellationToken) =>
        _table.UpsertEntityAsync(
            new TableEntity(DetectionTable.PartitionKey(key.Cluster, key.Day), key.Id) { [Queued] = true },
            TableUpdateMode.Merge,
            cancellationToken);

    /// <summary>Incidents of a cluster on a day, with their leading detection only, in order of time.</summary>
    public async Task<IReadOnlyList<Incident>> ReadAsync(string cluster, DateOnly day, CancellationToken cancellationToken)
    {
        string filter = $"PartitionKey eq '{DetectionTable.PartitionKey(cluster, day)}'";
        List<Incident> incidents = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (row.GetString("Json") is { } json)
            {
                incidents.Add(JsonSerializer.Deserialize(json, OutputJson.Lines.Incident)!);
            }
        }

        return [.. incidents.OrderBy(static incident => incident.From)];
    }

    /// <summary>Clusters and days that have incidents.</summary>
    public async Task<IReadOnlyList<(string Cluster, DateOnly Day)>> ListDaysAsync(CancellationToken cancellationToken)
    {
        HashSet<(string, DateOnly)> days = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            select: ["PartitionKey"], cancellationToken: cancellationToken))
        {
            int bar = row.PartitionKey.LastIndexOf('|');
            days.Add((
                row.PartitionKey[..bar],
                DateOnly.ParseExact(row.PartitionKey[(bar + 1)..], "yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));
        }

        return [.. days.Order()];
    }
}
