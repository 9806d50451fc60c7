using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// The detections. Partition: cluster and UTC day; row: actor, event time, detection. A day is one partition, an actor's day
/// a range in it. Write-backs lie under what they may be a write-back of. What was written first stays: a batch that is cut
/// anew names other evidence for the same detection. Beside them lies who opened or used which identity or pod:
/// <see cref="DetectionLinks"/>.
/// </summary>
public sealed class DetectionTable(StorageClients storage)
{
    // A text property holds 32 Ki characters.
    private const int LongestText = 32_000;
    private const int MostOfLongLists = 1;

    private const int MostAtOnce = 16;

    // More than this of one incident tells a reader nothing new, and must not cost every batch.
    private const int MostPerIncident = 2_000;

    // Each is a query; an incident of more workloads than this does not need the write-backs of all.
    private const int MostWriteBackRanges = 20;

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.DetectionsTable);

    public async Task WriteAsync(IReadOnlyCollection<Detection> detections, CancellationToken cancellationToken)
    {
        IEnumerable<IReadOnlyList<TableEntity>> transactions = detections.DistinctBy(static d => d.Id)
            .SelectMany(static d => ToEntities(d).Concat(DetectionLinks.RowsOf(d))).GroupBy(static entity => entity.PartitionKey)
            .SelectMany(static rows => rows.InTransactions(SizeOf));
        await Parallel.ForEachAsync(transactions, Several(cancellationToken), async (rows, cancel) => await AddAsync(rows, cancel));
    }

    /// <summary>Writes a detection that grows: what was written before is replaced.</summary>
    public Task ReplaceAsync(Detection detection, CancellationToken cancellationToken) =>
        _table.UpsertEntityAsync(ToEntities(detection).First(), TableUpdateMode.Replace, cancellationToken);

    /// <summary>Takes back a detection that late events have refuted.</summary>
    public async Task DeleteAsync(Detection detection, CancellationToken cancellationToken)
    {
        TableEntity row = ToEntities(detection).First();
        await _table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
    }

    /// <summary>What is grave of what an actor did on a day.</summary>
    public Task<List<Detection>> ReadGraveAsync(ActorDay key, CancellationToken cancellationToken) => QueryAsync(
        $"{Range(key, $"{key.Id}|")} and (Severity eq '{Severity.High}' or Severity eq '{Severity.Critical}')",
        MostPerIncident,
        cancellationToken);

    /// <summary>What an actor did on a day, in order of time, without write-backs.</summary>
    public Task<List<Detection>> ReadAsync(ActorDay key, CancellationToken cancellationToken) =>
        QueryAsync(Range(key, $"{key.Id}|"), MostPerIncident, cancellationToken);

    /// <summary>What an actor did on a day, together with what controllers did in answer on the same day.</summary>
    public async Task<IReadOnlyList<Detection>> ReadLinkedAsync(ActorDay key, CancellationToken cancellationToken)
    {
        List<Detection> detections = await ReadAsync(key, cancellationToken);
        IEnumerable<string> rows = detections.SelectMany(static d => d.Workloads.Select(workload => WriteBackRow(d, workload)));
        List<Detection> writeBacks = [];
        foreach (string row in rows.Distinct().Take(MostWriteBackRanges))
        {
            writeBacks.AddRange(await QueryAsync(Range(key, row), MostPerIncident, cancellationToken));
        }

        return [.. WriteBackLinker.Link([.. detections, .. writeBacks]).Where(static d => !d.IsWriteBack)];
    }

    /// <summary>All detections of a cluster on a day.</summary>
    public Task<List<Detection>> ReadAsync(string cluster, DateOnly day, CancellationToken cancellationToken) =>
        QueryAsync($"PartitionKey eq '{PartitionKey(cluster, day)}'", int.MaxValue, cancellationToken);

    /// <summary>Which rule found something of whom, of all detections of a cluster on a day.</summary>
    public async Task<IReadOnlyList<(RuleReference Rule, DetectionSource Source, string Principal)>> TallyAsync(
        string cluster, DateOnly day, CancellationToken cancellationToken)
    {
        List<(RuleReference, DetectionSource, string)> found = [];
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"PartitionKey eq '{PartitionKey(cluster, day)}'",
            select: ["Rule", "RuleId", "Source", "Principal"],
            cancellationToken: cancellationToken))
        {
            found.Add((
                new RuleReference(row.GetString("RuleId") ?? "", row.GetString("Rule"), ""),
                Enum.Parse<DetectionSource>(row.GetString("Source")),
                row.GetString("Principal")));
        }

        return found;
    }

    private static string Range(ActorDay key, string prefix) =>
        $"PartitionKey eq '{PartitionKey(key.Cluster, key.Day)}' and RowKey ge '{prefix}' and RowKey lt '{prefix[..^1]}}}'";

    private static string WriteBackRow(Detection detection, string workload) => $"{WriteBackLinker.Key(detection, workload)}|";

    internal static string PartitionKey(string cluster, DateOnly day) =>
        $"{cluster}|{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    private static int SizeOf(TableEntity row) => row.GetString("Json")?.Length ?? 0;

    private async Task AddAsync(IReadOnlyList<TableEntity> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 1)
        {
            await AddAsync(rows[0], cancellationToken);
            return;
        }

        try
        {
            await _table.SubmitAsync(TableTransactionActionType.Add, rows, cancellationToken);
        }
        catch (TableTransactionFailedException exists) when (exists.Status == 409)
        {
            // Some are there already; a transaction is all or nothing, so the others go one by one.
            await Parallel.ForEachAsync(rows, Several(cancellationToken), async (row, cancel) => await AddAsync(row, cancel));
        }
    }

    private static ParallelOptions Several(CancellationToken cancellationToken) =>
        new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };

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
        detection.IsWriteBack && detection.Workloads.Count > 0
            ? detection.Workloads.Select(workload => ToEntity(detection, WriteBackRow(detection, workload)))
            : [ToEntity(detection, $"{ActorDay.Of(detection).Id}|")];

    private static TableEntity ToEntity(Detection detection, string prefix)
    {
        ActorDay key = ActorDay.Of(detection);
        return new TableEntity(PartitionKey(key.Cluster, key.Day), $"{prefix}{DetectionLinks.Ticks(detection.Time)}|{detection.Id}")
        {
            ["Time"] = detection.Time,
            ["Source"] = detection.Source.ToString(),
            ["Rule"] = detection.Rule.Title,
            ["RuleId"] = detection.Rule.Id,
            ["Severity"] = detection.Severity.ToString(),
            ["Principal"] = detection.Principal,
            ["Json"] = Json(detection),
        };
    }

    /// <summary>The detection as a row holds it. Of lists the beginning is enough when names are long and all of escapes.</summary>
    internal static string Json(Detection detection)
    {
        string json = JsonSerializer.Serialize(detection, OutputJson.Lines.Detection);
        return json.Length <= LongestText ? json : JsonSerializer.Serialize(
            detection with
            {
                Opens = [.. detection.Opens.Take(MostOfLongLists)],
                Uses = [.. detection.Uses.Take(MostOfLongLists)],
                Workloads = [.. detection.Workloads.Take(MostOfLongLists)],
                Reasons = [.. detection.Reasons.Take(MostOfLongLists)],
            },
            OutputJson.Lines.Detection);
    }
}
