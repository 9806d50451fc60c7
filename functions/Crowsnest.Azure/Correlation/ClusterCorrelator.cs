using System.Diagnostics;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Correlation;

/// <summary>
/// Looks at what has changed in a cluster: finds surges and sequences in it, makes incidents of it, asks for alerts. Everything is
/// worked out anew from what is stored, so events that come late, twice or in another order lead to the same. What is done is
/// confirmed in parts, so a run that breaks off is made good by the next, which begins where it ended.
/// </summary>
public sealed class ClusterCorrelator(
    StorageClients storage,
    ChangeTable changes,
    SurgeFinder surges,
    IncidentUpdater incidents,
    DetectionTable detections,
    ICorrelationQueue queue,
    CurrentModel models,
    CurrentRules rules,
    TimeProvider clock,
    ILogger<ClusterCorrelator> log)
{
    // Days of actors that are dealt with at once.
    private const int MostAtOnce = 200;

    // So that a cluster on fire leaves room for others; far below the host's limit for a function.
    private static readonly TimeSpan Budget = TimeSpan.FromMinutes(4);

    // A part that takes longer is taken apart.
    private static readonly TimeSpan BudgetOfPart = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan BudgetOfOne = TimeSpan.FromMinutes(1);

    // What could not be dealt with, also alone, is tried again after this.
    private static readonly TimeSpan Rest = TimeSpan.FromHours(1);

    // Whoever finds the lease taken waits so long for the end of that run, which looks for what came meanwhile.
    private const int Tries = 4;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    private readonly string _instance = Guid.NewGuid().ToString();

    /// <summary>Deals with all that has changed in a cluster, or with as much as the time allows, and asks for the rest.</summary>
    /// <returns>What came of it, in one line; null when nothing has changed, or when another deals with it.</returns>
    public async Task<string?> RunAsync(string cluster, CancellationToken cancellationToken)
    {
        await using ClusterLease? lease = await TakeAsync(cluster, cancellationToken);
        if (lease is null)
        {
            return null;
        }

        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Lost);
        if (!lease.WasOwn)
        {
            surges.Forget(cluster);
        }

        return await RunAsync(cluster, Stopwatch.GetTimestamp(), either.Token);
    }

    private async Task<ClusterLease?> TakeAsync(string cluster, CancellationToken cancellationToken)
    {
        for (int i = 1; ; i++)
        {
            if (await ClusterLease.TryTakeAsync(storage, cluster, _instance, cancellationToken) is { } lease)
            {
                return lease;
            }

            if (i == Tries)
            {
                return null;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private async Task<string?> RunAsync(string cluster, long started, CancellationToken cancellationToken)
    {
        Outcome sum = default;
        int done = 0;
        bool areDays = false;
        while (true)
        {
            ClusterMarks marks = await changes.ReadAsync(cluster, cancellationToken);
            if (marks.Due.Count == 0)
            {
                if (await changes.RestAsync(marks, cancellationToken))
                {
                    break;
                }

                continue;
            }

            if (Stopwatch.GetElapsedTime(started) > Budget)
            {
                Log.CorrelationGoesOn(log, cluster, marks.Due.Count);
                await queue.AskAsync(cluster, TimeSpan.Zero, cancellationToken);
                break;
            }

            // With very many, the gravest actors go before the surges, once.
            ChangeMark[] buckets = [.. marks.Due.Where(static mark => mark.Bucket is not null)];
            areDays = !areDays && marks.Due.Count - buckets.Length > MostAtOnce;
            if (buckets.Length > 0 && !areDays)
            {
                if (await SurgesAsync(cluster, buckets, cancellationToken))
                {
                    done += buckets.Length;
                    continue;
                }

                done += buckets.Length;
            }

            ChangeMark[] days = [.. marks.Due.Where(static mark => mark.ActorDay is not null)];
            if (days.Length > 0)
            {
                sum += await IncidentsAsync(days, cancellationToken);
                done += Math.Min(days.Length, MostAtOnce);
            }
        }

        if (done == 0)
        {
            return null;
        }

        Log.Correlated(log, cluster, done, sum.Updated, sum.Alerts, sum.Held, Stopwatch.GetElapsedTime(started).TotalSeconds);
        return $"{sum.Updated} incidents updated, {sum.Alerts} alerts asked for, {sum.Held} held back in {cluster}";
    }

    // True when it has marked days of actors.
    private async Task<bool> SurgesAsync(string cluster, ChangeMark[] marks, CancellationToken cancellationToken)
    {
        SurgeChanges found = await surges.RunAsync(
            cluster,
            [.. marks.Select(static mark => mark.Bucket!.Value).Distinct()],
            await rules.GetAsync(cancellationToken),
            await models.GetAsync(cluster, cancellationToken),
            cancellationToken);

        // Last: what breaks off before is done again.
        await changes.MarkAsync([], found.Days, cancellationToken);
        await surges.ConfirmAsync(found, cancellationToken);
        await changes.RemoveAsync(marks, cancellationToken);
        return found.Days.Count > 0;
    }

    private async Task<Outcome> IncidentsAsync(ChangeMark[] marks, CancellationToken cancellationToken)
    {
        ActorDay[] days = [.. marks.Select(static mark => mark.ActorDay!).Distinct().Take(MostAtOnce)];
        if (await TryAsync(days, marks, BudgetOfPart, cancellationToken) is { } all)
        {
            return all;
        }

        // One of them breaks it for all. What is done is off the list, so that the next run has less to do.
        Outcome sum = default;
        long started = Stopwatch.GetTimestamp();
        foreach (ActorDay day in days)
        {
            if (Stopwatch.GetElapsedTime(started) > Budget)
            {
                break;
            }

            if (await TryAsync([day], marks, BudgetOfOne, cancellationToken) is { } one)
            {
                sum += one;
            }
            else
            {
                await TellAsync(day, cancellationToken);
                await changes.MarkLaterAsync(day, clock.GetUtcNow() + Rest, cancellationToken);
                await changes.RemoveAsync(marks.Where(mark => mark.ActorDay == day), cancellationToken);
            }
        }

        return sum;
    }

    // Null when it fails for its own sake.
    private async Task<Outcome?> TryAsync(
        ActorDay[] days, ChangeMark[] marks, TimeSpan budget, CancellationToken cancellationToken)
    {
        using CancellationTokenSource time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        time.CancelAfter(budget);
        try
        {
            IncidentRun run = await incidents.RunAsync(days, time.Token);
            await changes.RemoveAsync(marks.Where(mark => run.Read.Contains(mark.ActorDay!)), cancellationToken);
            return new Outcome(run.Updated, run.Alerts, run.Held);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested
            && (time.IsCancellationRequested || !StorageFault.Is(fault)))
        {
            Log.NotCorrelated(log, days[0].Cluster, days.Length, fault);
            return null;
        }
    }

    private async Task TellAsync(ActorDay day, CancellationToken cancellationToken)
    {
        DateTimeOffset since = new(day.Day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        Detection told = new FeedFault(
            FeedFaultKind.NotCorrelated, day.Cluster, "incidents", since,
            $"findings about {day.ActorName} of {day.Day:O} could not be put together; it is tried again every hour").ToDetection();
        if (ActorDay.Of(told) != day)
        {
            await detections.WriteAsync([told], cancellationToken);
            await changes.MarkAsync([], [(ActorDay.Of(told), told.Severity)], cancellationToken);
        }
    }

    private readonly record struct Outcome(int Updated, int Alerts, int Held)
    {
        public static Outcome operator +(Outcome a, Outcome b) => new(a.Updated + b.Updated, a.Alerts + b.Alerts, a.Held + b.Held);
    }
}
