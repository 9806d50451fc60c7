using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>Makes incidents out of detections. The result depends on the set of detections only, not on their order.</summary>
public static class IncidentBuilder
{
    private const int MostPhases = 30;

    /// <summary>
    /// Groups detections of any actors and days. Echoes make no incident: those of a detection belong to it, and the others
    /// are nobody's act. Nor does what is informational only: it is context, to be looked up.
    /// </summary>
    public static IReadOnlyList<Incident> Group(IEnumerable<Detection> detections) =>
    [
        .. EchoLinker.Link(detections).Where(MakesIncidents).GroupBy(static d => d.Cluster).SelectMany(GroupCluster)
            .OrderBy(static incident => incident.From).ThenBy(static incident => incident.Id, StringComparer.Ordinal),
    ];

    /// <summary>True for a detection that an incident is made of.</summary>
    public static bool MakesIncidents(Detection detection) => !detection.IsEcho && detection.Severity > Severity.Informational;

    /// <summary>
    /// The incident as it stood at a time: with what had happened by then. Who is joined to whom stays as it is known now.
    /// </summary>
    internal static Incident AsOf(Incident incident, DateTimeOffset time)
    {
        List<Detection> known = [.. incident.Detections.Where(d => d.Time <= time)];
        return known.Count == incident.Detections.Count ? incident
            : Describe(incident with { Links = [.. incident.Links.Where(link => link.UsedAt <= time)] }, known);
    }

    private static IEnumerable<Incident> GroupCluster(IGrouping<string, Detection> cluster)
    {
        List<Episode> episodes =
            [.. cluster.GroupBy(static d => Actor.Of(d.Principal, d.SourceIp), StringComparer.Ordinal).SelectMany(Episode.Of)];
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
            Days = [.. ordered.Select(ActorDay.Of).Distinct().OrderBy(static day => day.Day).ThenBy(static day => day.Id, StringComparer.Ordinal)],
            Parts = [.. episodes.Select(static episode => episode.Start.Id)],
            AlertFrom = null,
        };
        return Describe(incident, ordered);
    }

    private static Incident Describe(Incident incident, List<Detection> ordered)
    {
        SeverityTally tally = new();
        Witnesses witnesses = new();
        foreach (Detection detection in ordered)
        {
            tally.Add(detection);
            witnesses.Hear(detection);
        }

        DateTimeOffset? alertFrom = witnesses.CompleteAt;
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
        return incident with { Title = Title(incident) };
    }

    // A finding belongs to the step before it if it serves the same tactic, be it among others.
    private static List<Phase> Phases(List<Detection> ordered)
    {
        List<(string Tactic, List<Detection> Findings)> steps = [];
        foreach (Detection detection in ordered.Where(static d => d.Tactics.Count > 0))
        {
            if (steps.Count > 0 && detection.Tactics.Contains(steps[^1].Tactic))
            {
                steps[^1].Findings.Add(detection);
            }
            else if (steps.Count < MostPhases)
            {
                steps.Add((detection.Tactics[0], [detection]));
            }
        }

        return
        [
            .. steps.Select(static step => new Phase(
                step.Tactic,
                step.Findings[0].Time,
                step.Findings[^1].Time,
                step.Findings.MaxBy(static d => (d.Severity, d.Source != DetectionSource.Model))!.Rule.Title,
                [.. step.Findings.SelectMany(static d => d.Techniques).Distinct()])),
        ];
    }

    private static string Title(Incident incident)
    {
        Detection lead = incident.Lead;
        string what = lead.Source == DetectionSource.Model ? $"{lead.Rule.Title}: {lead.What}" : lead.Rule.Title;
        int others = incident.Detections.Select(static d => d.Rule.Id).Distinct().Count() - 1;
        string more = others > 0 ? $" and {others} more kind{(others > 1 ? "s" : "")} of finding" : "";
        string helpers = incident.Actors.Count > 1 ? $" and {incident.Actors.Count - 1} more" : "";
        return $"{what}{more}, by {Actor.Of(lead.Principal, lead.SourceIp)}{helpers}";
    }
}
