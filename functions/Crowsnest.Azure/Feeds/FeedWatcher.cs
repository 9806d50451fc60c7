using System.Collections.Concurrent;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Feeds;

/// <summary>
/// Watches the feeds: sums up the hours that are over, judges each feed by its own rhythm, sends canaries and looks for those
/// that are out. What is wrong becomes a detection, and so goes the way of all others: incident, budget, alert.
/// </summary>
public sealed class FeedWatcher(
    FeedTable feeds,
    FeedHourTable hours,
    FeedArrivals arrivals,
    UnreadFeeds unread,
    UntrainedModel untrained,
    CanaryTable canaries,
    IReadOnlyList<CanaryOptions> canaryOptions,
    DetectionTable detections,
    ChangeTable changes,
    WebhookBodies bodies,
    PoisonedAlerts poisoned,
    CurrentRules rules,
    TimeProvider clock,
    ILogger<FeedWatcher> log)
{
    private const int MostAtOnce = 8;

    // Before the next turn.
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(4);

    // As long as a rhythm may need to show: weekends differ from weekdays.
    private const int Days = 7;

    // Rows a turn; a feed of fifty batches a second, which is a busy one, has fewer.
    private const int MostTrimmed = 20_000;

    // AKS delivers within minutes, at times a quarter of an hour.
    private static readonly TimeSpan CanaryLost = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan CanaryKept = TimeSpan.FromDays(1);

    // Batches that arrived in an hour may be taken in late: an hour is summed up when they have had time.
    private static readonly TimeSpan Settles = TimeSpan.FromMinutes(10);

    // Three turns of its timer.
    private static readonly TimeSpan Asleep = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _looked = new(StringComparer.Ordinal);

    /// <summary>Looks at every feed.</summary>
    /// <returns>What is wrong, in one line; null when nothing is.</returns>
    public async Task<string?> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        int recovered = await poisoned.RecoverAsync(cancellationToken);
        int unjudged = await bodies.SweepAsync(cancellationToken);
        if (await hours.TurnAsync(now, cancellationToken) is not { } before || now - before > Asleep)
        {
            // The app itself was away, and has not read yet what came meanwhile.
            return null;
        }

        RuleSet ruleSet = await rules.GetAsync(cancellationToken);
        (List<FeedFault> faults, int skipped) = await JudgeAllAsync(ruleSet.Rules, now, cancellationToken);
        foreach (CanaryOptions options in canaryOptions)
        {
            faults.AddRange(await LostCanariesAsync(options.Cluster, now, cancellationToken));
            await SendCanaryAsync(options, cancellationToken);
        }

        if (await untrained.JudgeAsync(now, cancellationToken) is { } old)
        {
            faults.Add(old);
        }

        (IReadOnlyList<FeedFault> news, IReadOnlyList<string> strangers) = await arrivals.JudgeAsync(now, cancellationToken);
        faults.AddRange(news);
        List<Detection> told = [.. faults.Select(static fault => fault.ToDetection())];
        await detections.WriteAsync(told, cancellationToken);
        await changes.MarkAsync([], told.Select(static one => (ActorDay.Of(one), one.Severity)), cancellationToken);
        await arrivals.ToldAsync(strangers, now, cancellationToken);
        foreach (FeedFault fault in faults)
        {
            Log.FeedFault(log, fault.Cluster, fault.Kind, fault.What);
        }

        List<string> lines = [.. faults.Select(static fault => $"{fault.Cluster}: {fault.What}")];
        if (recovered > 0)
        {
            lines.Add($"{recovered} alerts taken out of {StorageNames.PoisonQueue}");
        }

        if (skipped > 0)
        {
            lines.Add($"{skipped} clusters were not looked at in time; the next turn begins with them");
        }

        if (unjudged > 0)
        {
            lines.Add($"{unjudged} bodies of the webhook asked for anew");
        }

        return lines.Count == 0 ? null : string.Join("; ", lines);
    }

    // Those that were looked at longest ago go first.
    private async Task<(List<FeedFault> Faults, int Skipped)> JudgeAllAsync(
        IReadOnlyList<SigmaRule> inUse, DateTimeOffset now, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> clusters = await feeds.ClustersAsync(cancellationToken);
        ConcurrentBag<FeedFault> faults = [];
        int done = 0;
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(Budget);
        try
        {
            await Parallel.ForEachAsync(
                clusters.OrderBy(cluster => _looked.GetValueOrDefault(cluster)),
                new ParallelOptions { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = time.Token },
                async (cluster, cancel) =>
                {
                    foreach (FeedFault fault in await JudgeAsync(cluster, inUse, now, cancel))
                    {
                        faults.Add(fault);
                    }

                    _looked[cluster] = now;
                    Interlocked.Increment(ref done);
                });
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // What is left is said.
        }

        return (
            [.. faults.OrderBy(static fault => fault.Cluster, StringComparer.Ordinal).ThenBy(static fault => fault.Kind)],
            clusters.Count - done);
    }

    private async Task<IReadOnlyList<FeedFault>> JudgeAsync(
        string cluster, IReadOnlyList<SigmaRule> inUse, DateTimeOffset now, CancellationToken cancellationToken)
    {
        IReadOnlyCollection<FeedHour> week = await HoursAsync(cluster, now, cancellationToken);
        IReadOnlyList<FeedFault> found = FeedWatch.Judge(cluster, week, now);
        string[] alive =
            [.. week.SelectMany(static hour => hour.Categories.Keys).Distinct().Except(found.Select(static fault => fault.Subject))];
        List<FeedFault> faults = [.. found.Select(fault => fault.WithBlind(inUse, alive))];
        if (await unread.JudgeAsync(cluster, now, cancellationToken) is { } unreadable)
        {
            faults.Add(unreadable);
        }

        await feeds.TrimAsync(cluster, DateOnly.FromDateTime(now.UtcDateTime).AddDays(-Days - 1), MostTrimmed, cancellationToken);
        return faults;
    }

    private async Task<IReadOnlyCollection<FeedHour>> HoursAsync(string cluster, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset current = FeedHour.StartOf(now);
        DateTimeOffset first = current.AddDays(-Days);
        Dictionary<DateTimeOffset, FeedHour> known =
            (await hours.ReadAsync(cluster, first, cancellationToken)).ToDictionary(static hour => hour.Start);
        for (DateTimeOffset start = known.Count == 0 ? first : known.Keys.Max().AddHours(1); start <= current; start = start.AddHours(1))
        {
            bool isOver = start.AddHours(1) + Settles <= now;
            FeedHour hour = isOver
                ? await feeds.HourAsync(cluster, start, cancellationToken) : await feeds.PartOfHourAsync(cluster, start, cancellationToken);
            known[start] = hour;
            if (isOver)
            {
                await hours.WriteAsync(cluster, hour, cancellationToken);
            }
        }

        return known.Values;
    }

    private async Task<IReadOnlyList<FeedFault>> LostCanariesAsync(string cluster, DateTimeOffset now, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Nonce, DateTimeOffset Sent, DateTimeOffset? Seen)> all = await canaries.ReadAsync(cluster, cancellationToken);
        // Since the first that is missing after the last that came: one that got lost between others is no outage.
        DateTimeOffset lastSeen =
            all.Where(static canary => canary.Seen is not null).Select(static canary => canary.Sent).DefaultIfEmpty().Max();
        List<DateTimeOffset> missing =
        [
            .. all.Where(canary => canary.Seen is null && canary.Sent > lastSeen && now - canary.Sent > CanaryLost)
                .Select(static canary => canary.Sent),
        ];

        // The first that is missing names the fault, and is kept as long as that lasts.
        foreach ((string nonce, _, _) in all.Where(
            canary => now - canary.Sent > CanaryKept && (missing.Count == 0 || canary.Sent != missing[0])))
        {
            await canaries.RemoveAsync(cluster, nonce, cancellationToken);
        }

        return missing.Count == 0 ? [] :
        [
            new FeedFault(FeedFaultKind.CanaryLost, cluster, "canary", missing[0], string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"the request sent at {missing[0].UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC has not come through the hub "
                + $"within {CanaryLost.TotalMinutes:N0} minutes")),
        ];
    }

    private async Task SendCanaryAsync(CanaryOptions options, CancellationToken cancellationToken)
    {
        string nonce = CanarySender.NewNonce();
        await canaries.SendingAsync(options.Cluster, nonce, cancellationToken);
        if (await CanarySender.SendAsync(options, nonce, cancellationToken) is { } problem)
        {
            // That the API server can't be reached from here says nothing of the feed.
            Log.CanaryNotSent(log, options.Cluster, problem);
            await canaries.RemoveAsync(options.Cluster, nonce, cancellationToken);
        }
    }
}
