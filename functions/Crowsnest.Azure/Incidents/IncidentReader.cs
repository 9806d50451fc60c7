using System.Collections.Concurrent;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Incidents;

/// <summary>
/// Reads what belongs together: from some days of some actors on to the days before and after, to those who opened what these
/// used and those who used what these opened, until nothing more is found. What is read is all that the incidents of the days
/// it began with are made of, so they come out as if everything had been read.
/// </summary>
public sealed class IncidentReader(
    DetectionTable detections, DetectionLinks links, ILogger<IncidentReader> log)
{
    // A single attack is smaller; what is larger is a cluster on fire, and must not take the function down too.
    private const int MostDays = 2_000;

    private const int MostAtOnce = 16;

    /// <summary>Holds what is read, for calls that come one after the other about the same incident.</summary>
    public DetectionDays Begin() => new(detections, links);

    /// <summary>The incidents that hold any of the days. Days without detections have none.</summary>
    public Task<IReadOnlyList<Incident>> ReadAsync(IReadOnlyCollection<ActorDay> days, CancellationToken cancellationToken) =>
        ReadAsync(days, Begin(), cancellationToken);

    /// <inheritdoc cref="ReadAsync(IReadOnlyCollection{ActorDay}, CancellationToken)"/>
    public async Task<IReadOnlyList<Incident>> ReadAsync(
        IReadOnlyCollection<ActorDay> days, DetectionDays whole, CancellationToken cancellationToken)
    {
        whole.Expect(days);
        Reading reading = new(detections, links, whole);
        List<ActorDay> next = [.. days];
        while (next.Count > 0)
        {
            if (reading.Count > MostDays)
            {
                Log.IncidentTooLarge(log, days.First().Cluster, MostDays);
                break;
            }

            List<ActorDay>[] found = new List<ActorDay>[next.Count];
            ParallelOptions several = new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
            await Parallel.ForAsync(0, next.Count, several, async (i, cancel) =>
                found[i] = await reading.ReadAsync(next[i], isFirst: days.Contains(next[i]), cancel));
            next = [.. found.SelectMany(static more => more).Distinct().Where(day => !reading.Knows(day))];
        }

        HashSet<ActorDay> asked = [.. days];
        return [.. IncidentBuilder.Group(reading.Detections).Where(incident => incident.Days.Any(asked.Contains))
            .Select(reading.WithOmitted)];
    }

    /// <summary>
    /// The days to read instead: of unauthenticated sources on the day of a flood the flood, which leads to what is grave
    /// about them.
    /// </summary>
    public async Task<IReadOnlySet<ActorDay>> WithFloodsAsync(IEnumerable<ActorDay> days, CancellationToken cancellationToken)
    {
        FloodDays floods = new(detections);
        HashSet<ActorDay> instead = [];
        foreach (ActorDay day in days)
        {
            instead.Add(await floods.HoldAsync(day, cancellationToken) ? Flood.Of(day.Cluster, day.Day) : day);
        }

        return instead;
    }

    private sealed class Reading(DetectionTable detections, DetectionLinks links, DetectionDays whole)
    {
        private readonly ConcurrentDictionary<ActorDay, List<Detection>> _read = new();
        private readonly ConcurrentDictionary<ActorDay, IReadOnlyList<OmittedFindings>> _omitted = new();
        private readonly ConcurrentDictionary<ActorDay, int> _steps = new();
        private readonly FloodDays _floods = new(detections);
        private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);

        internal int Count => _read.Count;

        internal IEnumerable<Detection> Detections => _read.Values.SelectMany(static some => some);

        internal bool Knows(ActorDay day) => _read.ContainsKey(day);

        internal Incident WithOmitted(Incident incident) => _omitted.IsEmpty ? incident : incident with
        {
            Omitted = [.. incident.Days.SelectMany(day => _omitted.GetValueOrDefault(day, []))],
        };

        // Reads a day and says which days may belong to it.
        internal async Task<List<ActorDay>> ReadAsync(ActorDay day, bool isFirst, CancellationToken cancellationToken)
        {
            bool isInFlood = await _floods.HoldAsync(day, cancellationToken);
            ActorFindings all = isInFlood
                ? new ActorFindings(await detections.ReadGraveAsync(day, cancellationToken), [])
                : await whole.ReadAsync(day, cancellationToken);
            List<Detection> found = [.. all.Detections.Where(IncidentBuilder.MakesIncidents)];
            _read[day] = found;
            if (all.Omitted.Count > 0)
            {
                _omitted[day] = all.Omitted;
            }

            List<ActorDay> next = [];
            bool matters = found.Exists(Episode.Matters);

            // What matters little may lie near something that matters on the day before or after, but leads no further.
            if (matters || (isFirst && found.Count > 0) || (found.Count > 0 && NextToWhatMatters(day)))
            {
                AddNeighbours(day, next);
            }

            if (isInFlood)
            {
                next.Add(Flood.Of(day.Cluster, day.Day));
            }

            foreach ((string cluster, DateOnly of) in found.Where(Flood.Is).SelectMany(Flood.DaysOf))
            {
                next.AddRange(await links.GraveUnauthenticatedAsync(cluster, of, cancellationToken));
            }

            if (found.Count > 0)
            {
                await AddOpenersAsync(day, found, next, cancellationToken);
                await AddUsersAsync(day.Cluster, found, next, cancellationToken);
            }

            return next;
        }

        // No episode is longer, so nothing further away can change those of the day that was come from.
        private void AddNeighbours(ActorDay day, List<ActorDay> next)
        {
            int steps = _steps.GetOrAdd(day, 0) + 1;
            if (steps > Episode.MostDays)
            {
                return;
            }

            foreach (ActorDay beside in new[] { day with { Day = day.Day.AddDays(-1) }, day with { Day = day.Day.AddDays(1) } })
            {
                _steps.TryAdd(beside, steps);
                next.Add(beside);
            }
        }

        private bool NextToWhatMatters(ActorDay day) =>
            new[] { -1, 1 }.Any(step => _read.TryGetValue(day with { Day = day.Day.AddDays(step) }, out List<Detection>? beside)
                && beside.Exists(Episode.Matters));

        private async Task AddOpenersAsync(
            ActorDay day, List<Detection> found, List<ActorDay> next, CancellationToken cancellationToken)
        {
            DateTimeOffset from = found[0].Time - EpisodeLinker.Horizon;
            DateTimeOffset to = found[^1].Time + EpisodeLinker.Skew;
            foreach (string entity in found.SelectMany(static d => d.Uses).Append(found[0].Principal).Distinct())
            {
                next.AddRange(await whole.OpenersAsync(day.Cluster, entity, from, to, cancellationToken));
            }
        }

        private async Task AddUsersAsync(
            string cluster, List<Detection> found, List<ActorDay> next, CancellationToken cancellationToken)
        {
            foreach (var opened in found.SelectMany(static d => d.Opens.Select(entity => (entity, d.Time)))
                .GroupBy(static pair => pair.entity))
            {
                DateTimeOffset from = opened.Min(static pair => pair.Time) - EpisodeLinker.Skew;
                DateTimeOffset to = opened.Max(static pair => pair.Time) + EpisodeLinker.Horizon;
                if (!_asked.TryAdd($"{opened.Key}|{from.UtcTicks}|{to.UtcTicks}", true))
                {
                    continue;
                }

                if (opened.Key.StartsWith("pod:", StringComparison.Ordinal))
                {
                    next.AddRange(await whole.UsersAsync(cluster, opened.Key, from, to, cancellationToken));
                    continue;
                }

                DateOnly last = ActorDay.DayOf(to);
                for (DateOnly at = ActorDay.DayOf(from); at <= last; at = at.AddDays(1))
                {
                    next.Add(new ActorDay(cluster, opened.Key, at));
                }
            }
        }
    }

    // Remembers which days have a flood; one may have begun on the day before.
    private sealed class FloodDays(DetectionTable detections)
    {
        private readonly ConcurrentDictionary<(string, DateOnly), Task<bool>> _known = new();

        internal async Task<bool> HoldAsync(ActorDay day, CancellationToken cancellationToken) =>
            day != Flood.Of(day.Cluster, day.Day)
            && PrincipalClassifier.Classify(day.ActorName.Split('@')[0]) == PrincipalClass.Anonymous
            && await _known.GetOrAdd((day.Cluster, day.Day), _ => FindAsync(day, cancellationToken));

        private async Task<bool> FindAsync(ActorDay day, CancellationToken cancellationToken)
        {
            List<Detection> found =
            [
                .. (await detections.ReadAsync(Flood.Of(day.Cluster, day.Day), cancellationToken)).Detections,
                .. (await detections.ReadAsync(Flood.Of(day.Cluster, day.Day.AddDays(-1)), cancellationToken)).Detections,
            ];
            return found.Where(Flood.Is).SelectMany(Flood.DaysOf).Contains((day.Cluster, day.Day));
        }
    }
}
