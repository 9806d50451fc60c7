using System.Collections.Concurrent;
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
    private static readonly long Last = ActivityTable.BucketOf(DateTimeOffset.MaxValue);

    // What is remembered of buckets that have not changed, of the clusters that were looked at last.
    private const int MostKnown = 50;

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);
    private readonly TableClient _found = storage.Tables.GetTableClient(StorageNames.ActivityTable);

    /// <summary>Evaluates. To be called by whoever has the cluster's lease only.</summary>
    /// <returns>What has changed. It is found anew until it is confirmed, so that what breaks off in between is made good.</returns>
    public async Task<SurgeChanges> RunAsync(
        string cluster,
        IReadOnlyCollection<long> changed,
        RuleSet rules,
        AnomalyModel? model,
        CancellationToken cancellationToken)
    {
        CorrelationEngine engine = new(rules.Correlations, model?.Activity ?? ActivityHistory.Empty);
        long reach = (long)Math.Ceiling(engine.Reach.TotalMinutes / ActivityLog.BucketMinutes);
        Known known = _known.GetOrAdd(cluster, static name => new Known(name));
        known.Used = clock.GetUtcNow();
        foreach (long bucket in changed)
        {
            known.Buckets.Remove(bucket);
        }

        Changes changes = new();

        // Far apart they are looked at apart: a replay of last year must not read all that was since. At the ends of time there is
        // nothing before or after that could be looked at.
        List<long> within = [.. changed.Where(bucket => bucket > reach && bucket < Last - (2 * reach)).Order()];
        foreach ((long first, long last) in Spans(within, reach))
        {
            await RunAsync(known, first, last, reach, engine, changes, cancellationToken);
        }

        known.Forget(ActivityTable.BucketOf(known.Used), reach);
        foreach (string other in _known.OrderByDescending(static one => one.Value.Used).Skip(MostKnown).Select(static one => one.Key))
        {
            Forget(other);
        }

        return new SurgeChanges([.. changes.Days], changes.Found, changes.Refuted);
    }

    /// <summary>Forgets what is remembered of a cluster, because another may have changed it.</summary>
    public void Forget(string cluster) => _known.TryRemove(cluster, out _);

    /// <summary>Remembers what was found, once its days are marked.</summary>
    public async Task ConfirmAsync(SurgeChanges changes, CancellationToken cancellationToken)
    {
        foreach (TableEntity row in changes.Refuted)
        {
            await _found.DeleteEntityAsync(row.PartitionKey, row.RowKey, cancellationToken: cancellationToken);
        }

        foreach (TableEntity row in changes.Found)
        {
            await _found.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);
        }
    }

    private static IEnumerable<(long First, long Last)> Spans(List<long> sorted, long reach)
    {
        long first = sorted.FirstOrDefault();
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
        Known known,
        long first,
        long last,
        long reach,
        CorrelationEngine engine,
        Changes changed,
        CancellationToken cancellationToken)
    {
        string cluster = known.Cluster;
        DateTimeOffset since = StartOfHour(ActivityTable.TimeOf(first));
        DateTimeOffset until = StartOfHour(ActivityTable.TimeOf(last + reach)).AddHours(1);
        ActivityLog log = await ReadAsync(known, ActivityTable.BucketOf(since) - reach, last + reach, cancellationToken);
        DateTimeOffset complete = clock.GetUtcNow() - TimeSpan.FromMinutes(options.Value.LatenessMinutes);
        Dictionary<string, Detection> found = engine.Evaluate(log, since, complete)
            .Where(detection => detection.Time < until).ToDictionary(static detection => detection.Id, StringComparer.Ordinal);
        HashSet<string> kept = new(StringComparer.Ordinal);
        await foreach (TableEntity row in _found.QueryAsync<TableEntity>(
            $"PartitionKey ge '{Partition(cluster, since)}' and PartitionKey lt '{Partition(cluster, until)}'",
            cancellationToken: cancellationToken))
        {
            Detection before = JsonSerializer.Deserialize(row.GetString("Json"), OutputJson.Lines.Detection)!;
            if (!found.TryGetValue(before.Id, out Detection? now))
            {
                await detections.DeleteAsync(before, cancellationToken);
                changed.Refuted.Add(row);
                changed.Days.Add((ActorDay.Of(before), Severity.Low));
            }
            else if (Json(now) == row.GetString("Json"))
            {
                kept.Add(now.Id);
            }
            else if (before.Time != now.Time || ActorDay.Of(before) != ActorDay.Of(now))
            {
                // Its place has changed too.
                await detections.DeleteAsync(before, cancellationToken);
                changed.Days.Add((ActorDay.Of(before), Severity.Low));
            }
        }

        foreach (Detection detection in found.Values.Where(detection => !kept.Contains(detection.Id)))
        {
            await detections.ReplaceAsync(detection, cancellationToken);
            changed.Found.Add(
                new TableEntity(Partition(cluster, StartOfHour(detection.Time)), detection.Id) { ["Json"] = Json(detection) });
            changed.Days.Add((ActorDay.Of(detection), detection.Severity));
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

    private async Task<ActivityLog> ReadAsync(Known known, long first, long last, CancellationToken cancellationToken)
    {
        for (long from = first; from <= last; from++)
        {
            long to = from;
            while (to <= last && !known.Buckets.ContainsKey(to))
            {
                to++;
            }

            if (to > from)
            {
                IReadOnlyDictionary<long, ActivityLog> read = await activity.ReadAsync(known.Cluster, from, to - 1, cancellationToken);
                for (long bucket = from; bucket < to; bucket++)
                {
                    known.Buckets[bucket] = read.GetValueOrDefault(bucket) ?? new ActivityLog();
                }
            }

            from = to;
        }

        ActivityLog log = new();
        for (long bucket = first; bucket <= last; bucket++)
        {
            log.Merge(known.Buckets[bucket]);
        }

        return log;
    }

    private static DateTimeOffset StartOfHour(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private static string Partition(string cluster, DateTimeOffset hour) =>
        $"found|{cluster}|{hour.UtcDateTime.ToString("yyyy-MM-dd'T'HH", System.Globalization.CultureInfo.InvariantCulture)}";

    private static string Json(Detection detection) => JsonSerializer.Serialize(detection, OutputJson.Lines.Detection);

    // Of a cluster; whoever has its lease is alone with it.
    private sealed class Known(string cluster)
    {
        internal string Cluster { get; } = cluster;

        internal Dictionary<long, ActivityLog> Buckets { get; } = [];

        internal DateTimeOffset Used { get; set; }

        // Twice what a run looks back to, and only around now: old recordings are read when they are replayed, and seldom twice.
        internal void Forget(long now, long reach)
        {
            foreach (long bucket in Buckets.Keys.Where(bucket => Math.Abs(bucket - now) > 2 * reach).ToList())
            {
                Buckets.Remove(bucket);
            }
        }
    }

    private sealed class Changes
    {
        internal HashSet<(ActorDay Day, Severity Severity)> Days { get; } = [];

        internal List<TableEntity> Found { get; } = [];

        internal List<TableEntity> Refuted { get; } = [];
    }
}
