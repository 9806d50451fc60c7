using System.Text.Json;
using Azure.Data.Tables;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Correlation;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Correlation;

/// <summary>
/// Evaluates the correlations over the buckets of activity that have changed and those that they reach into. What was found
/// there before and does not hold any more is taken back.
/// </summary>
public sealed class SurgeFinder(
    StorageClients storage,
    ActivityTable activity,
    DetectionTable detections,
    ChangeTable changes,
    TimeProvider clock,
    IOptions<CrowsnestOptions> options)
{
    private const int MostAtOnce = 16;

    // Longer than a hub keeps events by default, so that whatever it brings again still finds its like. In buckets.
    private const long Kept = 7 * 24 * 60 / ActivityLog.BucketMinutes;

    private readonly string _instance = Guid.NewGuid().ToString();

    // Memory of buckets that have not changed. A new instance has none and reads them once; when another had a turn in
    // between, what is remembered may have changed since.
    private readonly Dictionary<(string Cluster, long Bucket), ActivityLog> _known = [];
    private readonly List<(TableEntity Row, bool IsRefuted)> _unconfirmed = [];
    private readonly TableClient _found = storage.Tables.GetTableClient(StorageNames.ActivityTable);

    /// <summary>Evaluates.</summary>
    /// <returns>The days of actors whose detections have changed.</returns>
    public async Task<IReadOnlyCollection<ActorDay>> RunAsync(
        IReadOnlyCollection<(string Cluster, long Bucket)> changed,
        RuleSet rules,
        AnomalyModel? model,
        CancellationToken cancellationToken)
    {
        CorrelationEngine engine = new(rules.Correlations, model?.Activity ?? ActivityHistory.Empty);
        long reach = (long)Math.Ceiling(engine.Reach.TotalMinutes / ActivityLog.BucketMinutes);
        HashSet<ActorDay> touched = [];
        _unconfirmed.Clear();
        if (!await changes.TakeTurnAsync(_instance, cancellationToken))
        {
            _known.Clear();
        }

        foreach ((string cluster, long bucket) in changed)
        {
            _known.Remove((cluster, bucket));
        }

        foreach (IGrouping<string, long> cluster in changed.GroupBy(static change => change.Cluster, static change => change.Bucket))
        {
            // Far apart they are looked at apart: a replay of last year must not read all that was since.
            foreach ((long first, long last) in Spans([.. cluster.Order()], reach))
            {
                await RunAsync(cluster.Key, first, last, reach, engine, touched, cancellationToken);
            }
        }

        Forget(reach);
        await PruneAsync(changed, cancellationToken);
        return touched;
    }

    /// <summary>
    /// Remembers what the last run found, once its incidents are written. Until then the next run finds it anew, so that what
    /// breaks off in between is made good.
    /// </summary>
    public async Task ConfirmAsync(CancellationToken cancellationToken)
    {
        foreach ((TableEntity row, bool isRefuted) in _unconfirmed)
        {
            await (isRefuted
                ? _found.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: cancellationToken)
                : _found.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken));
        }

        _unconfirmed.Clear();
    }

    // Each bucket that is written to has the one of a while ago removed: nothing looks back so far.
    private async Task PruneAsync(IReadOnlyCollection<(string Cluster, long Bucket)> changed, CancellationToken cancellationToken)
    {
        long now = ActivityTable.BucketOf(clock.GetUtcNow());
        foreach ((string cluster, long bucket) in changed.Where(change => now - change.Bucket < Kept))
        {
            await activity.DeleteAsync(cluster, bucket - Kept, cancellationToken);
        }
    }

    private static IEnumerable<(long First, long Last)> Spans(List<long> sorted, long reach)
    {
        long first = sorted[0];
        for (int i = 1; i <= sorted.Count; i++)
        {
            if (i == sorted.Count || sorted[i] - sorted[i - 1] > reach)
            {
                yield return (first, sorted[i - 1]);
                first = i < sorted.Count ? sorted[i] : 0;
            }
        }
    }

    // An event matters to the windows that end within the reach after it.
    private async Task RunAsync(
        string cluster,
        long first,
        long last,
        long reach,
        CorrelationEngine engine,
        HashSet<ActorDay> touched,
        CancellationToken cancellationToken)
    {
        DateTimeOffset since = StartOfHour(ActivityTable.TimeOf(first));
        DateTimeOffset until = StartOfHour(ActivityTable.TimeOf(last + reach)).AddHours(1);
        ActivityLog log = await ReadAsync(cluster, ActivityTable.BucketOf(since) - reach, last + reach, cancellationToken);
        DateTimeOffset complete = clock.GetUtcNow() - TimeSpan.FromMinutes(options.Value.LatenessMinutes);
        Dictionary<string, Detection> found = engine.Evaluate(log, since, complete)
            .Where(detection => detection.Time < until).ToDictionary(static detection => detection.Id, StringComparer.Ordinal);
        HashSet<string> kept = new(StringComparer.Ordinal);
        for (DateTimeOffset hour = since; hour < until; hour = hour.AddHours(1))
        {
            await foreach (TableEntity row in _found.QueryAsync<TableEntity>(
                $"PartitionKey eq '{Partition(cluster, hour)}'", cancellationToken: cancellationToken))
            {
                Detection before = JsonSerializer.Deserialize(row.GetString("Json"), OutputJson.Lines.Detection)!;
                if (!found.TryGetValue(before.Id, out Detection? now))
                {
                    await detections.DeleteAsync(before, cancellationToken);
                    _unconfirmed.Add((row, IsRefuted: true));
                    touched.Add(ActorDay.Of(before));
                }
                else if (Json(now) == row.GetString("Json"))
                {
                    kept.Add(now.Id);
                }
                else if (before.Time != now.Time || ActorDay.Of(before) != ActorDay.Of(now))
                {
                    // Its place has changed too.
                    await detections.DeleteAsync(before, cancellationToken);
                    touched.Add(ActorDay.Of(before));
                }
            }
        }

        foreach (Detection detection in found.Values.Where(detection => !kept.Contains(detection.Id)))
        {
            await detections.ReplaceAsync(detection, cancellationToken);
            _unconfirmed.Add((
                new TableEntity(Partition(cluster, StartOfHour(detection.Time)), detection.Id) { ["Json"] = Json(detection) },
                IsRefuted: false));
            touched.Add(ActorDay.Of(detection));
        }

        await MarkWaitingAsync(cluster, log, engine, complete, cancellationToken);
    }

    // What is missing shows when its time is over and no event comes: a mark brings the clock back to it.
    private async Task MarkWaitingAsync(
        string cluster, ActivityLog log, CorrelationEngine engine, DateTimeOffset complete, CancellationToken cancellationToken)
    {
        foreach (CorrelationRule rule in engine.Waiting)
        {
            foreach (ActivityCell cell in log.Groups.Where(group => group.Key.Correlation == rule.Reference.Id)
                .SelectMany(group => group.ByRule.GetValueOrDefault(rule.Rules[0], []).Values))
            {
                DateTimeOffset due = cell.Last + rule.Timespan;
                if (due > complete)
                {
                    await changes.MarkLaterAsync(
                        cluster, ActivityTable.BucketOf(cell.First), due.AddMinutes(options.Value.LatenessMinutes + 1), cancellationToken);
                }
            }
        }
    }

    private async Task<ActivityLog> ReadAsync(string cluster, long first, long last, CancellationToken cancellationToken)
    {
        List<long> missing = [];
        for (long bucket = first; bucket <= last; bucket++)
        {
            if (!_known.ContainsKey((cluster, bucket)))
            {
                missing.Add(bucket);
            }
        }

        ActivityLog[] read = new ActivityLog[missing.Count];
        ParallelOptions several = new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, missing.Count, several, async (i, cancel) =>
            read[i] = await activity.ReadAsync(cluster, missing[i], cancel));
        for (int i = 0; i < missing.Count; i++)
        {
            _known[(cluster, missing[i])] = read[i];
        }

        ActivityLog log = new();
        for (long bucket = first; bucket <= last; bucket++)
        {
            log.Merge(_known[(cluster, bucket)]);
        }

        return log;
    }

    // Twice what a run looks back to, and only around now: old recordings are read when they are replayed, and seldom twice.
    private void Forget(long reach)
    {
        long now = ActivityTable.BucketOf(clock.GetUtcNow());
        foreach ((string Cluster, long Bucket) key in _known.Keys.Where(key => Math.Abs(key.Bucket - now) > 2 * reach).ToList())
        {
            _known.Remove(key);
        }
    }

    private static DateTimeOffset StartOfHour(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private static string Partition(string cluster, DateTimeOffset hour) =>
        $"found|{cluster}|{hour.UtcDateTime.ToString("yyyy-MM-dd'T'HH", System.Globalization.CultureInfo.InvariantCulture)}";

    private static string Json(Detection detection) => JsonSerializer.Serialize(detection, OutputJson.Lines.Detection);
}
