using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>Makes incidents out of detections. The result depends on the set of detections only, not on their order.</summary>
public static class IncidentBuilder
{
    private const int MostPhases = 50;

    private static readonly TimeSpan RestBetweenPhases = TimeSpan.FromHours(1);

    /// <summary>
    /// Groups detections of any actors and days. Write-backs make no incident: those of a detection belong to it, and the others
    /// are nobody's act. Nor does what is informational only: it is context, to be looked up.
    /// </summary>
    public static IReadOnlyList<Incident> Group(IEnumerable<Detection> detections) =>
    [
        .. WriteBackLinker.Link(detections).Where(MakesIncidents).GroupBy(static d => d.Cluster).SelectMany(GroupCluster)
            .OrderBy(static incident => incident.From).ThenBy(static incident => incident.Id, StringComparer.Ordinal),
    ];

    /// <summary>True for a detection that an incident is made of.</summary>
    public static bool MakesIncidents(Detection detection) => !detection.IsWriteBack && detection.Severity > Severity.Informational;

    /// <summary>
    /// The incident as it stood at a time: with what had happened by then. Who is joined to whom stays as it is known now.
    /// </summary>
    internal static Incident AsOf(Incident incident, DateTimeOffset time)
    {
        List<Detection> known = [.. incident.Detections.Where(d => d.Time <= time)];
        return known.Count == incident.Detections.Count ? incident
            : Describe(incident with { Links = [.. incident.Links.Where(link => link.UsedAt <= time)] }, known);
    }

    /// <summary>The incident as it would be with some of its detections only. What it is part of stays.</summary>
    /// <param name="incident">The incident.</param>
    /// <param name="left">Those of its detections that are left, in order of time; at least one.</param>
    internal static Incident Restrict(Incident incident, List<Detection> left) => Describe(incident, left);

    private static IEnumerable<Incident> GroupCluster(IGrouping<string, Detection> cluster)
    {
        List<Episode> episodes =
        [
            .. Flood.Absorb([.. cluster]).GroupBy(static d => Actor.Of(d.Principal, d.SourceIp), StringComparer.Ordinal)
                .SelectMany(Episode.Of),
        ];
        return EpisodeLinker.Join(episodes).Select(static group => Build(group.Episodes, group.Links));
    }

    private static Incident Build(IReadOnlyList<Episode> episodes, IReadOnlyList<CausalLink> links)
    {
        ActorDay start = episodes[0].Start;
        List<Detection> ordered =
        [
            .. episodes.SelectMany(static episode => episode.Detections).OrderBy(static d => d.Time)
                .ThenBy(static d => d.Id, StringComparer.Ordinal),
        ];
        Incident incident = new()
        {
            Id = start.Id,
            Cluster = start.Cluster,
            Actor = start.ActorName,
            Severity = Severity.Informational,
            Title = "",
            From = default,
            To = default,
            Tactics = [],
            Phases = [],
            Sources = [],
            Actors = [],
            Links = links,
            Detections = [],
            Days =
            [
                .. ordered.Select(ActorDay.Of).Distinct()
                    .OrderBy(static day => day.Day).ThenBy(static day => day.Id, StringComparer.Ordinal),
            ],
            Parts = [.. episodes.Select(static episode => episode.Start)],
            AlertFrom = null,
        };
        return Describe(incident, ordered);
    }

    private static Incident Describe(Incident incident, List<Detection> ordered)
    {
        SeverityTally tally = new();
        Corroboration corroboration = new();
        foreach (Detection detection in ordered)
        {
            tally.Add(detection);
            corroboration.Hear(detection);
        }

        DateTimeOffset? alertFrom = corroboration.CompleteAt;
        incident = incident with
        {
            Severity = alertFrom is not null && tally.Severity < Severity.Medium ? Severity.Medium : tally.Severity,
            From = ordered[0].From ?? ordered[0].Time,
            To = ordered.Max(static d => d.Until ?? d.Time),
            Tactics = [.. ordered.SelectMany(static d => d.Tactics).Distinct()],
            Phases = Phases(ordered),
            Sources = [.. ordered.Select(static d => d.SourceIp).Where(static ip => ip.Length > 0).Distinct()],
            Actors = [.. ordered.Select(static d => Actor.Of(d.Principal, d.SourceIp)).Distinct()],
            Detections = ordered,
            AlertFrom = alertFrom,
        };
        return incident with { Title = IncidentTitle.Of(ordered, incident.Links) };
    }

    // A finding goes on with the step of its tactic until that has rested; what comes between is another step of its own.
    private static List<Phase> Phases(List<Detection> ordered)
    {
        Dictionary<string, List<Detection>> open = new(StringComparer.Ordinal);
        List<(string Tactic, List<Detection> Findings)> steps = [];
        foreach (Detection detection in ordered)
        {
            foreach (string tactic in detection.Tactics)
            {
                if (!open.TryGetValue(tactic, out List<Detection>? findings) || detection.Time - findings[^1].Time > RestBetweenPhases)
                {
                    open[tactic] = findings = [];
                    steps.Add((tactic, findings));
                }

                findings.Add(detection);
            }
        }

        // The gravest are kept when there are too many to read.
        return
        [
            .. steps
                .Select(static (step, i) => (
                    step.Tactic,
                    step.Findings,
                    Worst: step.Findings.MaxBy(static d => (d.Severity, d.Source != DetectionSource.Model))!,
                    Order: i))
                .OrderByDescending(static step => step.Worst.Severity).ThenBy(static step => step.Order).Take(MostPhases)
                .OrderBy(static step => step.Order)
                .Select(static step => new Phase(
                    step.Tactic,
                    step.Findings[0].Time,
                    step.Findings[^1].Time,
                    step.Worst.Severity,
                    step.Worst.Rule.Title,
                    [.. step.Findings.SelectMany(static d => d.Techniques).Distinct()])),
        ];
    }
}
