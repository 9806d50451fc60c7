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

    // Of what matters little, more than this of an actor's day tells a reader nothing new, and must not cost every minute. What
    // matters is read before it and without a limit: nobody hides a grave act behind harmless ones.
    internal const int MostLesser = 2_000;

    // Of the rest so many are counted; a page of a query holds a thousand.
    private const int MostCounted = 10_000;

    private const string Grave = $"(Severity eq '{nameof(Severity.High)}' or Severity eq '{nameof(Severity.Critical)}')";
    private const string Mattering = $"(Severity eq '{nameof(Severity.Medium)}' or {Grave})";

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
    public Task<List<Detection>> ReadGraveAsync(ActorDay key, CancellationToken cancellationToken) =>
        QueryAsync($"{Range(key, $"{key.Id}|")} and {Grave}", int.MaxValue, cancellationToken);

    /// <summary>
    /// What an actor did on a day, in order of time, without write-backs: all that matters, and of lesser findings the first.
    /// </summary>
    public async Task<ActorFindings> ReadAsync(ActorDay key, CancellationToken cancellationToken)
    {
        string day = Range(key, $"{key.Id}|");
        List<Detection> mattering = await QueryAsync($"{day} and {Mattering}", int.MaxValue, cancellationToken);
        List<Detection> lesser = await QueryAsync($"{day} and not {Mattering}", MostLesser, cancellationToken);
        return new ActorFindings(
            [.. mattering.Concat(lesser).OrderBy(static d => d.Time).ThenBy(static d => d.Id, StringComparer.Ordinal)],
            lesser.Count < MostLesser ? [] : await CountAsync(key, lesser[^1], cancellationToken));
    }

    // What comes after the last lesser finding that was read, by rule.
    private async Task<IReadOnlyList<OmittedFindings>> CountAsync(ActorDay key, Detection last, CancellationToken cancellationToken)
    {
        Dictionary<string, OmittedFindings> omitted = new(StringComparer.Ordinal);
        int counted = 0;
        string after = ToEntities(last).First().RowKey;
        await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
            $"{Range(key, $"{key.Id}|")} and RowKey gt '{after}' and not {Mattering}", select: ["Rule", "Time"],
                cancellationToken: cancellationToken))
        {
            string rule = row.GetString("Rule");
            DateTimeOffset time = row.GetDateTimeOffset("Time")!.Value;
            omitted[rule] = omitted.TryGetValue(rule, out OmittedFindings? before)
                ? before with { Count = before.Count + 1, Last = time }
                : new OmittedFindings(rule, 1, IsMore: false, time, time);
            if (++counted == MostCounted)
            {
                return [.. omitted.Values.Select(static one => one with { IsMore = true })];
            }
        }

        return [.. omitted.Values];
    }

    /// <summary>What an actor did on a day, together with what controllers did in answer on the same day.</summary>
    public async Task<IReadOnlyList<Detection>> ReadLinkedAsync(ActorDay key, CancellationToken cancellationToken)
    {
        IReadOnlyList<Detection> detections = (await ReadAsync(key, cancellationToken)).Detections;

        // The gravest first: of what controllers made in answer to lesser acts a reader needs no list.
        IEnumerable<string> rows = detections.OrderByDescending(static d => d.Severity)
            .SelectMany(static d => d.Workloads.Select(workload => WriteBackRow(d, workload)));
        List<Detection> writeBacks = [];
        foreach (string row in rows.Distinct().Take(MostWriteBackRanges))
        {
            writeBacks.AddRange(await QueryAsync(Range(key, row), MostLesser, cancellationToken));
        }

        return [.. WriteBackLinker.Link([.. detections, .. writeBacks]).Where(static d => !d.IsWriteBack)];
    }

    /// <summary>All detections of a cluster on a day.</summary>
    public Task<List<Detection>> ReadAsync(string cluster, DateOnly day, CancellationToken cancellationToken) =>
        QueryAsync($"PartitionKey eq '{PartitionKey(cluster, day)}'", int.MaxValue, cancellationToken);

    /// <summary>All detections of clusters in a time, from its first moment up to its last.</summary>
    public async Task<IReadOnlyList<Detection>> ReadAsync(
        IReadOnlyList<string> clusters, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        List<Detection> found = [];
        foreach (string cluster in clusters)
        {
            for (DateOnly day = ActorDay.DayOf(from); day <= ActorDay.DayOf(to); day = day.AddDays(1))
            {
                found.AddRange((await ReadAsync(cluster, day, cancellationToken)).Where(one => one.Time >= from && one.Time < to));
            }
        }

        return found;
    }

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
