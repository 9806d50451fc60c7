using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// The records of the work on incidents, in the table <c>suppressions</c>, which is kept. Partition: cluster and the day on which the
/// incident began; row: its id, the time and what was said, so that lines are only ever added.
/// </summary>
public sealed class CaseTable(StorageClients storage)
{
    private const string Prefix = "case|";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.SuppressionsTable);

    /// <summary>Adds a line. The same line added twice is there once.</summary>
    /// <param name="incident">Where the incident began.</param>
    /// <param name="entry">The line.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task AddAsync(ActorDay incident, CaseEntry entry, CancellationToken cancellationToken)
    {
        string json = JsonSerializer.Serialize(entry, StorageJson.Default.CaseEntry);
        try
        {
            await _table.AddEntityAsync(
                new TableEntity(
                    Partition(incident.Cluster, incident.Day),
                    string.Create(CultureInfo.InvariantCulture, $"{incident.Id}|{entry.At.UtcTicks:D19}|{ContentId.Of(json)}"))
                {
                    ["Json"] = json,
                },
                cancellationToken);
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
        }
    }

    /// <summary>
    /// The records of a cluster's incidents that began on a day, by the incident's id. Untouched ones are not among them.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, CaseRecord>> ReadAsync(
        string cluster, DateOnly day, CancellationToken cancellationToken)
    {
        List<(string Incident, CaseEntry Entry)> lines = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{Partition(cluster, day)}'", cancellationToken: cancellationToken))
        {
            lines.Add((row.RowKey[..row.RowKey.IndexOf('|', StringComparison.Ordinal)], Read(row)));
        }

        return lines.GroupBy(static line => line.Incident, static line => line.Entry, StringComparer.Ordinal)
            .ToDictionary(static one => one.Key, static one => new CaseRecord([.. one.OrderBy(static entry => entry.At)]));
    }

    /// <summary>The record of an incident, with those of the incidents that have become part of it.</summary>
    public async Task<CaseRecord> ReadAsync(Incident incident, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, CaseRecord>[] days = await Task.WhenAll(incident.Parts
            .Select(static part => (part.Cluster, part.Day)).Distinct()
            .Select(part => ReadAsync(part.Cluster, part.Day, cancellationToken)));
        return new CaseRecord(
        [
            .. incident.Parts.Select(static part => part.Id).Distinct()
                .SelectMany(id => days.Select(day => day.GetValueOrDefault(id)?.Entries ?? []).SelectMany(static some => some))
                .OrderBy(static entry => entry.At),
        ]);
    }

    private static CaseEntry Read(TableEntity row) => JsonSerializer.Deserialize(row.GetString("Json"), StorageJson.Default.CaseEntry)!;

    private static string Partition(string cluster, DateOnly day) => Prefix + DetectionTable.PartitionKey(cluster, day);
}
