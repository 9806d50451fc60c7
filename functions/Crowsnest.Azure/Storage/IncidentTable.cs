using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// The incidents as they stand. Partition: cluster and UTC day; row: the incident's id. An incident has a row on every day it
/// touches; that of the day it began holds what was told of it.
/// </summary>
public sealed class IncidentTable(StorageClients storage)
{
    // A text property holds 32 Ki characters, a binary one 64 KiB.
    private const int LongestText = 32_000;
    private const int MostListed = 50;
    private const int MostPoints = 8_000;
    private const int MostStates = 5_000;

    private static readonly string[] StateProperties = ["Told", "ToldSeverity", "ToldAt", "Revision"];

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.IncidentsTable);

    /// <summary>Writes how incidents stand now, a hundred of a day at once. What was told of them stays.</summary>
    /// <returns>The ids of those that storage does not take; they are left as they were.</returns>
    public async Task<IReadOnlyDictionary<string, RequestFailedException>> WriteAsync(
        IReadOnlyCollection<Incident> all, CancellationToken cancellationToken)
    {
        Dictionary<string, RequestFailedException> refused = new(StringComparer.Ordinal);
        List<(Incident Incident, TableEntity Row)> rows = [.. all.SelectMany(static one => RowsOf(one).Select(row => (one, row)))];
        foreach (IReadOnlyList<TableEntity> some in rows.Select(static pair => pair.Row).GroupBy(static row => row.PartitionKey)
            .SelectMany(static day => day.InTransactions(static row => row.GetString("Json").Length)))
        {
            try
            {
                await _table.SubmitAsync(TableTransactionActionType.UpsertMerge, some, cancellationToken);
            }
            catch (RequestFailedException one) when (IsRefusal(one))
            {
                // A transaction is all or nothing: the others go one by one.
                HashSet<TableEntity> them = [.. some];
                foreach ((Incident incident, TableEntity row) in rows.Where(pair => them.Contains(pair.Row)))
                {
                    try
                    {
                        await _table.UpsertEntityAsync(row, TableUpdateMode.Merge, cancellationToken);
                    }
                    catch (RequestFailedException again) when (IsRefusal(again))
                    {
                        refused[incident.Id] = again;
                    }
                }
            }
        }

        return refused;
    }

    /// <summary>What was told of the incidents of a day, by their ids.</summary>
    /// <returns>Null when there are too many.</returns>
    public async Task<IReadOnlyDictionary<string, AlertState>?> TryReadAlertStatesAsync(
        string cluster, DateOnly day, CancellationToken cancellationToken)
    {
        Dictionary<string, AlertState> states = new(StringComparer.Ordinal);
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{DetectionTable.PartitionKey(cluster, day)}'",
            select: ["RowKey", .. StateProperties],
            cancellationToken: cancellationToken))
        {
            states.Add(row.RowKey, StateOf(row));
            if (states.Count > MostStates)
            {
                return null;
            }
        }

        return states;
    }

    /// <summary>What was told of an incident, or of one that is part of another by now.</summary>
    public async Task<AlertState?> ReadAlertStateAsync(ActorDay start, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> row = await _table.GetEntityIfExistsAsync<TableEntity>(
            DetectionTable.PartitionKey(start.Cluster, start.Day),
            start.Id,
            StateProperties,
            cancellationToken);
        return row.HasValue ? StateOf(row.Value!) : null;
    }

    /// <summary>Remembers what was told of an incident.</summary>
    public Task WriteAlertStateAsync(Incident incident, AlertState state, CancellationToken cancellationToken) =>
        _table.UpsertEntityAsync(
            new TableEntity(DetectionTable.PartitionKey(incident.Cluster, incident.Day), incident.Id)
            {
                ["Told"] = MemoryMarshal.AsBytes<long>(state.Told.Points.Order().Take(MostPoints).ToArray()).ToArray(),
                ["ToldSeverity"] = state.Told.Severity?.ToString(),
                ["ToldAt"] = state.Told.At,
                ["Revision"] = state.Revision,
            },
            TableUpdateMode.Merge,
            cancellationToken);

    /// <summary>Removes what is part of another incident by now, from the days that this one touches.</summary>
    public async Task RemoveAsync(ActorDay start, Incident into, CancellationToken cancellationToken)
    {
        foreach (DateOnly day in DaysOf(into))
        {
            await _table.DeleteEntityAsync(DetectionTable.PartitionKey(start.Cluster, day), start.Id, ETag.All, cancellationToken);
        }
    }

    /// <summary>The incident as it stood last, with its leading detection only, or null.</summary>
    public async Task<Incident?> FindAsync(string cluster, DateOnly day, string id, CancellationToken cancellationToken)
    {
        NullableResponse<TableEntity> row = await _table.GetEntityIfExistsAsync<TableEntity>(
            DetectionTable.PartitionKey(cluster, day), id, ["Json"], cancellationToken);
        return row.HasValue && row.Value!.GetString("Json") is { } json
            ? JsonSerializer.Deserialize(json, OutputJson.Lines.Incident) : null;
    }

    /// <summary>Incidents of a cluster that touch a day, with their leading detection only, in order of time.</summary>
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
                DateOnly.ParseExact(row.PartitionKey[(bar + 1)..], "yyyy-MM-dd", CultureInfo.InvariantCulture)));
        }

        return [.. days.Order()];
    }

    // The detections lie in their own table, and of long lists the beginning is enough: names can be as long as attackers like.
    internal static string Summary(Incident incident)
    {
        for (int most = MostListed; ; most /= 2)
        {
            string json = JsonSerializer.Serialize(
                incident with
                {
                    Detections = [incident.Lead],
                    Phases = [.. incident.Phases.Take(most)],
                    Sources = [.. incident.Sources.Take(most)],
                    Actors = [.. incident.Actors.Take(most)],
                    Links = [.. incident.Links.Take(most)],
                    Days = [.. incident.Days.Take(most)],
                    Parts = [.. incident.Parts.Take(Math.Max(1, most))],
                },
                OutputJson.Lines.Incident);
            if (json.Length <= LongestText || most == 0)
            {
                return json;
            }
        }
    }

    private static IEnumerable<DateOnly> DaysOf(Incident incident) =>
        incident.Days.Select(static day => day.Day).Append(incident.Day).Distinct();

    private static IEnumerable<TableEntity> RowsOf(Incident incident)
    {
        string json = Summary(incident);
        return DaysOf(incident).Select(day => new TableEntity(DetectionTable.PartitionKey(incident.Cluster, day), incident.Id)
        {
            ["Actor"] = incident.Actor,
            ["Severity"] = incident.Severity.ToString(),
            ["Title"] = incident.Title,
            ["From"] = incident.From,
            ["To"] = incident.To,
            ["DetectionCount"] = incident.Detections.Count,
            ["Json"] = json,
        });
    }

    private static AlertState StateOf(TableEntity row) => row.GetInt32("Revision") is not { } revision ? AlertState.None : new AlertState(
        new NotificationState(
            Enum.Parse<Severity>(row.GetString("ToldSeverity")),
            row.GetDateTimeOffset("ToldAt")!.Value,
            new HashSet<long>(MemoryMarshal.Cast<byte, long>(row.GetBinary("Told")).ToArray()))
        {
            Times = revision,
        },
        revision);

    // It will not be taken next time either.
    private static bool IsRefusal(RequestFailedException fault) => fault.Status is 400 or 413;
}
