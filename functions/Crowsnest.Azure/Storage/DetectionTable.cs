using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// The detections. Partition: a month of the clusters that share it; row: cluster, UTC day, actor, event time, detection. A cluster's day
/// is a range, an actor's day a range in it. Write-backs lie under what they may be a write-back of. What was written first stays: a batch
/// that is cut anew names other evidence for the same detection. Beside them lies who opened or used which identity or pod:
/// <see cref="DetectionLinks"/>.
/// </summary>
public sealed class DetectionTable(StorageClients storage)
{
    // Of what matters little, more than this of an actor's day tells a reader nothing new, and must not cost every minute. What
    // matters is read before it and without a limit: nobody hides a grave act behind harmless ones.
    internal const int MostLesser = 2_000;

    // Of the rest so many are counted; a page of a query holds a thousand.
    private const int MostCounted = 10_000;

    private const string Grave = $"(Severity eq '{nameof(Severity.High)}' or Severity eq '{nameof(Severity.Critical)}')";
    private const string Mattering = $"(Severity eq '{nameof(Severity.Medium)}' or {Grave})";

    private readonly TableClient _table = storage.Tables.GetTableClient(StorageNames.DetectionsTable);
    private readonly OldRows _old = new(storage.Tables.GetTableClient(StorageNames.DetectionsTable));

    /// <summary>Writes detections; those that are there already stay as they are.</summary>
    public async Task WriteAsync(IReadOnlyCollection<Detection> detections, CancellationToken cancellationToken)
    {
        IEnumerable<IReadOnlyList<TableEntity>> transactions = detections.DistinctBy(static d => d.Id)
            .SelectMany(static d => DetectionRow.Of(d).Concat(DetectionLinks.RowsOf(d))).GroupBy(static entity => entity.PartitionKey)
            .SelectMany(static rows => rows.InTransactions(DetectionRow.SizeOf));
        await Parallel.ForEachAsync(
            transactions,
            TableAdditions.Several(cancellationToken),
            async (rows, cancel) => await _table.AddMissingAsync(rows, cancel));
    }

    /// <summary>Writes a detection that grows: what was written before is replaced.</summary>
    public async Task ReplaceAsync(Detection detection, CancellationToken cancellationToken)
    {
        await _table.UpsertEntityAsync(DetectionRow.Of(detection).First(), TableUpdateMode.Replace, cancellationToken);
        await DeleteOldAsync(detection, cancellationToken);
    }

    /// <summary>Takes back a detection that late events have refuted.</summary>
    public async Task DeleteAsync(Detection detection, CancellationToken cancellationToken)
    {
        TableEntity row = DetectionRow.Of(detection).First();
        await _table.DeleteEntityAsync(row.PartitionKey, row.RowKey, ETag.All, cancellationToken);
        await DeleteOldAsync(detection, cancellationToken);
    }

    private async Task DeleteOldAsync(Detection detection, CancellationToken cancellationToken)
    {
        ActorDay key = ActorDay.Of(detection);
        if (await _old.AnyAsync(key.Cluster, DetectionRow.DayName(key.Day), cancellationToken))
        {
            await _table.DeleteEntityAsync(
                PartitionKey(key.Cluster, key.Day), DetectionRow.NamesOf(detection).First(), ETag.All, cancellationToken);
        }
    }

    /// <summary>What is grave of what an actor did on a day.</summary>
    public Task<List<Detection>> ReadGraveAsync(ActorDay key, CancellationToken cancellationToken) =>
        QueryAsync(key, $"{key.Id}|", $" and {Grave}", int.MaxValue, cancellationToken);

    /// <summary>
    /// What an actor did on a day, in order of time, without write-backs: all that matters, and of lesser findings the first.
    /// </summary>
    public async Task<ActorFindings> ReadAsync(ActorDay key, CancellationToken cancellationToken)
    {
        string actor = $"{key.Id}|";
        List<Detection> all = await QueryAsync(key, actor, "", MostLesser, cancellationToken);
        if (all.Count < MostLesser)
        {
            return new ActorFindings(InOrder(all), []);
        }

        List<Detection> mattering = await QueryAsync(key, actor, $" and {Mattering}", int.MaxValue, cancellationToken);
        List<Detection> lesser = await QueryAsync(key, actor, $" and not {Mattering}", MostLesser, cancellationToken);
        return new ActorFindings(
            InOrder(mattering.Concat(lesser)),
            lesser.Count < MostLesser ? [] : await CountAsync(key, lesser[^1], cancellationToken));
    }

    private static List<Detection> InOrder(IEnumerable<Detection> found) =>
        [.. found.OrderBy(static d => d.Time).ThenBy(static d => d.Id, StringComparer.Ordinal)];

    // What comes after the last lesser finding that was read, by rule.
    private async Task<IReadOnlyList<OmittedFindings>> CountAsync(ActorDay key, Detection last, CancellationToken cancellationToken)
    {
        Dictionary<string, OmittedFindings> omitted = new(StringComparer.Ordinal);
        int counted = 0;
        string after = $"{DetectionRow.NamesOf(last).First()}!";
        await foreach (TableEntity row in RowsAsync(
            key.Cluster, key.Day, after, End($"{key.Id}|"), $" and not {Mattering}", ["Rule", "Time"], cancellationToken))
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

    /// <summary>What controllers did on an actor's day that may be in answer to one act, by <see cref="WriteBackLinker.Key"/>.</summary>
    internal Task<List<Detection>> ReadWriteBacksAsync(ActorDay key, string origin, CancellationToken cancellationToken) =>
        QueryAsync(key, $"{origin}|", "", MostLesser, cancellationToken);

    /// <summary>All detections of a cluster on a day.</summary>
    public Task<List<Detection>> ReadAsync(string cluster, DateOnly day, CancellationToken cancellationToken) =>
        ListAsync(RowsAsync(cluster, day, "", "~", "", null, cancellationToken), int.MaxValue);

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
        string[] columns = ["Rule", "RuleId", "Source", "Principal"];
        await foreach (TableEntity row in RowsAsync(cluster, day, "", "~", "", columns, cancellationToken))
        {
            found.Add((
                new RuleReference(row.GetString("RuleId") ?? "", row.GetString("Rule"), ""),
                Enum.Parse<DetectionSource>(row.GetString("Source")),
                row.GetString("Principal")));
        }

        return found;
    }

    /// <summary>The rows of a cluster's day whose names go from one text up to another, wherever they lie.</summary>
    internal async IAsyncEnumerable<TableEntity> RowsAsync(
        string cluster,
        DateOnly day,
        string from,
        string to,
        string condition,
        IReadOnlyList<string>? columns,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        List<string> ranges = [DetectionRow.Range(cluster, day, from, to)];
        if (await _old.AnyAsync(cluster, DetectionRow.DayName(day), cancellationToken))
        {
            ranges.Insert(0, DetectionRow.OldRange(cluster, day, from, to));
        }

        // What the version before has written may have been written again.
        HashSet<string>? names = ranges.Count > 1 ? new(StringComparer.Ordinal) : null;
        foreach (string range in ranges)
        {
            await foreach (TableEntity row in _table.QueryAsync<TableEntity>(
                range + condition, select: columns?.Concat(DetectionRow.Keys), cancellationToken: cancellationToken))
            {
                if (names?.Add(DetectionRow.NameOf(row)) != false)
                {
                    yield return row;
                }
            }
        }
    }

    // What keys are below that begin with a text.
    private static string End(string prefix) => $"{prefix[..^1]}}}";

    internal static string PartitionKey(string cluster, DateOnly day) =>
        $"{cluster}|{day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}";

    private Task<List<Detection>> QueryAsync(
        ActorDay key, string prefix, string condition, int most, CancellationToken cancellationToken) =>
        ListAsync(RowsAsync(key.Cluster, key.Day, prefix, End(prefix), condition, null, cancellationToken), most);

    private static async Task<List<Detection>> ListAsync(IAsyncEnumerable<TableEntity> rows, int most)
    {
        List<Detection> detections = [];
        await foreach (TableEntity row in rows)
        {
            detections.Add(DetectionRow.DetectionOf(row));
            if (detections.Count == most)
            {
                break;
            }
        }

        return detections;
    }
}
