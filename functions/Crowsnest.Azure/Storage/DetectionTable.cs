using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// The detections. Partition: cluster and UTC day; row: incident, event time, detection. A day is one partition, an incident
/// a range in it. Echoes lie under what they may be an echo of. What was written first stays: a batch that is cut anew names
/// other evidence for the same detection.
/// </summary>
public sealed class DetectionTable(StorageClients storage)
{
    private const int MostPerTransaction = 100;

    private const int MostAtOnce = 16;

    // More than this of one incident tells a reader nothing new, and must not cost every batch.
    private const int MostPerIncident = 2_000;

    // Each is a query; an incident of more workloads than this does not need the echoes of all.
    private const int MostEchoRanges = 20;

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.DetectionsTable);

    public async Task WriteAsync(IReadOnlyCollection<Detection> detections, CancellationToken cancellationToken)
    {
        foreach (IGrouping<string, TableEntity> partition in detections.DistinctBy(static d => d.Id).SelectMany(ToEntities)
            .GroupBy(static entity => entity.PartitionKey))
        {
            foreach (TableEntity[] rows in partition.Chunk(MostPerTransaction))
            {
                await AddAsync(rows, cancellationToken);
            }
        }
    }

    /// <summary>The detections of an incident, in order of time, without their echoes.</summary>
    public Task<List<Detection>> ReadAsync(ActorDay key, CancellationToken cancellationToken) =>
        QueryAsync(Range(key, $"{key.Id}|"), MostPerIncident, cancellationToken);

    /// <summary>The detections of an incident together with what controllers did in answer on the same day.</summary>
    public async Task<IReadOnlyList<Detection>> ReadLinkedAsync(ActorDay key, CancellationToken cancellationToken)
    {
        List<Detection> detections = await ReadAsync(key, cancellationToken);
        IEnumerable<string> rows = detections.SelectMany(static d => d.Workloads.Select(workload => EchoRow(d, workload)));
        List<Detection> echoes = [];
        foreach (string row in rows.Distinct().Take(MostEchoRanges))
        {
            echoes.AddRange(await QueryAsync(Range(key, row), MostPerIncident, cancellationToken));
        }

        return [.. EchoLinker.Link([.. detections, .. echoes]).Where(static d => !d.IsEcho)];
    }

    /// <summary>All detections of a cluster on a day.</summary>
    public Task<List<Detection>> ReadAsync(string cluster, DateOnly day, CancellationToken cancellationToken) =>
        QueryAsync($"PartitionKey eq '{PartitionKey(cluster, day)}'", int.MaxValue, cancellationToken);

    private static string Range(ActorDay key, string prefix) =>
        $"PartitionKey eq '{PartitionKey(key.Cluster, key.Day)}' and RowKey ge '{prefix}' and RowKey lt '{prefix[..^1]}}}'";

    private static string EchoRow(Detection detection, string workload) => $"{EchoLinker.Key(detection, workload)}|";

    internal static string PartitionKey(string cluster, DateOnly day) =>
        $"{cluster}|{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    private async Task AddAsync(TableEntity[] rows, CancellationToken cancellationToken)
    {
        try
        {
            await _table.SubmitTransactionAsync(
                rows.Select(static row => new TableTransactionAction(TableTransactionActionType.Add, row)),
                cancellationToken);
        }
        catch (TableTransactionFailedException exists) when (exists.Status == 409)
        {
            // Some are there already; a transaction is all or nothing, so the others go one by one.
            ParallelOptions several = new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
            await Parallel.ForEachAsync(rows, several, async (row, cancel) => await AddAsync(row, cancel));
        }
    }

    private async Task AddAsync(TableEntity row, CancellationToken cancellationToken)
    {
        try
        {
            await _table.AddEntityAsync(row, cancellationToken);
        }
        catch (RequestFailedException exists) when (exists.Status == 409)
        {
            // Delivered again.
        }
    }

    private async Task<List<Detection>> QueryAsync(string filter, int most, CancellationToken cancellationToken)
    {
        List<Detection> detections = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            detections.Add(JsonSerializer.Deserialize(row.GetString("Json"), OutputJson.Lines.Detection)!);
            if (detections.Count == most)
            {
                break;
            }
        }

        return detections;
    }

    private static IEnumerable<TableEntity> ToEntities(Detection detection) =>
        detection.IsEcho && detection.Workloads.Count > 0
            ? detection.Workloads.Select(workload => ToEntity(detection, EchoRow(detection, workload)))
            : [ToEntity(detection, $"{ActorDay.Of(detection).Id}|")];

    private static TableEntity ToEntity(Detection detection, string prefix)
    {
        ActorDay key = ActorDay.Of(detection);
        string time = detection.Time.UtcTicks.ToString("D19", CultureInfo.InvariantCulture);
        return new TableEntity(PartitionKey(key.Cluster, key.Day), $"{prefix}{time}|{detection.Id}")
        {
            ["Time"] = detection.Time,
            ["Source"] = detection.Source.ToString(),
            ["Rule"] = detection.Rule.Title,
            ["Severity"] = detection.Severity.ToString(),
            ["Principal"] = detection.Principal,
            ["Json"] = JsonSerializer.Serialize(detection, OutputJson.Lines.Detection),
        };
    }
}
