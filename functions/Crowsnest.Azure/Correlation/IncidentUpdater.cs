using Azure;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Correlation;

/// <summary>
/// Writes incidents as they stand, and asks for alerts about those that have come to deserve one, in a cluster's first days for most
/// of them together.
/// </summary>
public sealed class IncidentUpdater(
    IncidentReader reader,
    IncidentTable incidents,
    ChangeTable changes,
    SuppressionTable suppressions,
    AlertBudget budget,
    AlertSummaries summaries,
    AlertJournal journal,
    NewClusters newClusters,
    IAlertQueue queue,
    TimeProvider clock,
    IOptions<CrowsnestOptions> options,
    ILogger<IncidentUpdater> log)
{
    // Of so many at a time what belongs together is read at once.
    private const int DaysAtOnce = 200;

    /// <summary>Brings the incidents of some days of actors up to date.</summary>
    public async Task<IncidentRun> RunAsync(IReadOnlyCollection<ActorDay> days, CancellationToken cancellationToken)
    {
        Dictionary<string, Incident> current = new(StringComparer.Ordinal);
        foreach (IGrouping<string, ActorDay> cluster in days.GroupBy(static day => day.Cluster))
        {
            // What belongs together is read together, once.
            HashSet<ActorDay> left = [.. await reader.WithFloodsAsync(cluster, cancellationToken)];
            while (left.Count > 0)
            {
                ActorDay[] some = [.. left.Take(DaysAtOnce)];
                foreach (Incident incident in await reader.ReadAsync(some, cancellationToken))
                {
                    current[incident.Id] = incident;
                    left.ExceptWith(incident.Days);
                }

                left.ExceptWith(some);
            }
        }

        Dictionary<string, IReadOnlyList<Suppression>> hiding = [];
        Dictionary<string, FirstDays?> firstDays = [];
        foreach (string cluster in current.Values.Select(static incident => incident.Cluster).Distinct())
        {
            hiding[cluster] = await suppressions.ReadAsync(cluster, cancellationToken);
            firstDays[cluster] = await newClusters.OfAsync(cluster, cancellationToken);
        }

        DateTimeOffset now = clock.GetUtcNow();
        KnownStates states = new(incidents);
        await states.PrepareAsync(current.Values, cancellationToken);
        IReadOnlyDictionary<string, RequestFailedException> refused = await incidents.WriteAsync(current.Values, cancellationToken);
        List<(Incident Incident, AlertState State, DateTimeOffset At)> due = [];
        foreach (Incident incident in current.Values)
        {
            if (refused.TryGetValue(incident.Id, out RequestFailedException? fault))
            {
                // It will not be taken next time either, and must not stop all others.
                Log.IncidentNotWritten(log, incident.Id, incident.Cluster, fault);
                continue;
            }

            AlertState state = await AbsorbAsync(incident, current, states, cancellationToken);
            if (await LeftAsync(incident, state, hiding[incident.Cluster], cancellationToken) is not { } left)
            {
                continue;
            }

            DateTimeOffset? at = state.Told.DueAt(left, rests: firstDays[incident.Cluster]?.Hold(left, now) != true);
            if (at > now)
            {
                await changes.MarkLaterAsync(incident.Parts[0], at.Value, cancellationToken);
            }
            else if (at is not null)
            {
                due.Add((left, state, at.Value));
            }
        }

        List<(Incident Incident, int Revision)> held = [];
        List<(Incident Incident, AlertState Next)> waiting = [];
        foreach ((Incident incident, AlertState state, DateTimeOffset at) in due
            .OrderByDescending(static one => AlertBudget.RankOf(one.Incident))
            .ThenBy(static one => one.At).ThenBy(static one => one.Incident.Id, StringComparer.Ordinal))
        {
            AlertState next = new(state.Told.With(incident, at), state.Revision + 1);
            if (firstDays[incident.Cluster]?.Hold(incident, now) == true)
            {
                waiting.Add((incident, next));
                continue;
            }

            if (!await budget.TakeAsync(incident, next.Revision, cancellationToken))
            {
                held.Add((incident, next.Revision));
                continue;
            }

            // In this order a crash in between asks twice, and SendAlert answers once; the other way round it would be lost.
            // The delay is for more of the incident to come in.
            await queue.SendAsync(
                new AlertMessage(incident.Cluster, incident.Day, incident.Id, incident.Actor, next.Revision),
                TimeSpan.FromSeconds(options.Value.AlertDelaySeconds),
                cancellationToken);
            await incidents.WriteAlertStateAsync(incident, next, cancellationToken);
        }

        await summaries.HoldAsync(held, cancellationToken);
        foreach (IGrouping<string, (Incident Incident, AlertState Next)> cluster in waiting.GroupBy(static one => one.Incident.Cluster))
        {
            await summaries.HoldAsync(
                firstDays[cluster.Key]!, [.. cluster.Select(static one => (one.Incident, one.Next.Revision))], cancellationToken);
            foreach ((Incident incident, AlertState next) in cluster)
            {
                await incidents.WriteAlertStateAsync(incident, next, cancellationToken);
            }
        }

        HashSet<ActorDay> read = [.. days, .. current.Values.SelectMany(static incident => incident.Days)];
        int late = held.Count + waiting.Count;
        return new IncidentRun(read, current.Count, due.Count - late, late);
    }

    // What of an incident is left to tell; null when that is nothing.
    private async Task<Incident?> LeftAsync(
        Incident incident, AlertState state, IReadOnlyList<Suppression> hiding, CancellationToken cancellationToken)
    {
        (Incident? left, IReadOnlyList<Suppression> used) = Suppression.Apply(incident, hiding);
        if (used.Count > 0 && state.Told.DueAt(incident) is not null && (left is null || state.Told.DueAt(left) is null))
        {
            foreach (Suppression suppression in used)
            {
                await journal.WriteAsync(
                    AlertSender.SuppressedEntry(incident, state.Revision + 1, suppression, clock.GetUtcNow()), cancellationToken);
            }
        }

        return left;
    }

    // Takes over what was told of an incident's parts, and removes these.
    private async Task<AlertState> AbsorbAsync(
        Incident incident, Dictionary<string, Incident> current, KnownStates states, CancellationToken cancellationToken)
    {
        ActorDay start = incident.Parts[0];
        AlertState state = await states.ReadAsync(start, cancellationToken) ?? AlertState.None;
        int before = state.Revision;
        List<ActorDay> absorbed = [];
        List<ActorDay> unauthenticated = await UnauthenticatedAsync(incident, cancellationToken);
        foreach (ActorDay part in incident.Days.Concat(incident.Parts).Concat(unauthenticated).Distinct()
            .Where(part => part != start && !current.ContainsKey(part.Id)))
        {
            if (await states.ReadAsync(part, cancellationToken) is { } own)
            {
                state = state.With(own);
                absorbed.Add(part);
            }
        }

        if (state.Revision > before)
        {
            await incidents.WriteAlertStateAsync(incident, state, cancellationToken);
        }

        foreach (ActorDay part in absorbed)
        {
            await incidents.RemoveAsync(part, incident, cancellationToken);
        }

        return state;
    }

    // Where the incidents of single unauthenticated sources began that a flood has swallowed.
    private async Task<List<ActorDay>> UnauthenticatedAsync(Incident incident, CancellationToken cancellationToken)
    {
        List<ActorDay> starts = [];
        foreach ((string cluster, DateOnly day) in incident.Detections.Where(Flood.Is).SelectMany(Flood.DaysOf).Distinct())
        {
            starts.AddRange((await incidents.ReadAsync(cluster, day, cancellationToken))
                .Where(static other => Flood.IsUnauthenticated(other.Lead)).Select(static other => other.Parts[0]));
        }

        return starts;
    }
}
