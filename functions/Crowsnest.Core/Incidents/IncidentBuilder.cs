using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Features;

namespace Crowsnest.Core.Incidents;

/// <summary>Makes incidents out of detections. The result depends on the set of detections only, not on their order.</summary>
public static class IncidentBuilder
{
    /// <summary>
    /// From this many distinct tactics on, an incident is one level worse than its worst detection. Low ones do not count:
    /// three kinds of daily work are no attack.
    /// </summary>
    public const int TacticsOfAnAttack = 3;

    /// <summary>
    /// Groups detections of any actors and days. Echoes make no incident: those of a detection belong to it, and the others
    /// are nobody's act. Nor does what is informational only: it is context, to be looked up.
    /// </summary>
    public static IReadOnlyList<Incident> Group(IEnumerable<Detection> detections) =>
    [
        .. EchoLinker.Link(detections).Where(MakesIncidents).GroupBy(IncidentKey.Of).Select(static group => Build(group.Key, group))
            .OrderBy(static incident => incident.From).ThenBy(static incident => incident.Id, StringComparer.Ordinal),
    ];

    /// <summary>True for a detection that an incident is made of.</summary>
    public static bool MakesIncidents(Detection detection) => !detection.IsEcho && detection.Severity > Severity.Informational;

    /// <summary>Builds the incident of one key from all of its detections, of which one at least makes incidents.</summary>
    public static Incident Build(IncidentKey key, IEnumerable<Detection> detections)
    {
        List<Detection> ordered =
        [
            .. detections.Where(MakesIncidents).DistinctBy(static d => d.Id).OrderBy(static d => d.Time)
                .ThenBy(static d => d.Id, StringComparer.Ordinal),
        ];
        List<string> tactics = [.. ordered.SelectMany(static d => d.Tactics).Distinct()];
        Severity worst = ordered.Max(static d => d.Severity);
        int reached = ordered.Where(static d => d.Severity >= Severity.Medium).SelectMany(static d => d.Tactics).Distinct().Count();
        Severity severity = reached >= TacticsOfAnAttack && worst < Severity.Critical ? worst + 1 : worst;
        DateTimeOffset? alertFrom = AlertFrom(ordered);
        Incident incident = new()
        {
            Id = key.Id,
            Cluster = key.Cluster,
            Actor = key.ActorName,
            Severity = alertFrom is not null && severity < Severity.Medium ? Severity.Medium : severity,
            Title = "",
            From = ordered[0].Time,
            To = ordered[^1].Time,
            Tactics = tactics,
            Sources = [.. ordered.Select(static d => d.SourceIp).Where(static ip => ip.Length > 0).Distinct()],
            Detections = ordered,
            AlertFrom = alertFrom,
        };
        return incident with { Title = Title(incident) };
    }

    // One witness is enough if it is a rule of level high, or an event odder than once in days, which the model calls medium.
    // Lesser ones have to be two: rules of different tactics, or an odd event and any rule. That somebody is new is no witness
    // to a low rule: everyone is new once, and was let in by someone.
    private static DateTimeOffset? AlertFrom(List<Detection> ordered)
    {
        HashSet<string> tactics = new(StringComparer.Ordinal);
        bool isOdd = false;
        bool isNew = false;
        Severity suspicion = Severity.Informational;
        foreach (Detection detection in ordered)
        {
            bool isModel = detection.Source == DetectionSource.Model;
            if (isModel)
            {
                isNew |= IsAboutNewcomer(detection);
                isOdd |= !IsAboutNewcomer(detection);
            }
            else
            {
                suspicion = detection.Severity > suspicion ? detection.Severity : suspicion;
            }

            if (!isModel && detection.Severity == Severity.Medium)
            {
                tactics.UnionWith(detection.Tactics.Take(1));
            }

            if (detection.Severity >= (isModel ? Severity.Medium : Severity.High)
                || tactics.Count >= 2
                || (isOdd && suspicion >= Severity.Low)
                || (isNew && suspicion >= Severity.Medium))
            {
                return detection.Time;
            }
        }

        return null;
    }

    // What weighs most is that the principal was not seen before. Whoever did not authenticate was let in by nobody.
    private static bool IsAboutNewcomer(Detection detection) =>
        detection.Reasons.MaxBy(static reason => reason.Value)?.Feature == nameof(TraitName.Principal)
        && PrincipalClassifier.Classify(detection.Principal) != PrincipalClass.Anonymous;

    private static string Title(Incident incident)
    {
        Detection lead = incident.Lead;
        string what = lead.Source == DetectionSource.Model ? $"{lead.Rule.Title}: {lead.What}" : lead.Rule.Title;
        int others = incident.Detections.Select(static d => d.Rule.Id).Distinct().Count() - 1;
        string more = others > 0 ? $" and {others} more kind{(others > 1 ? "s" : "")} of finding" : "";
        return $"{what}{more}, by {incident.Actor}";
    }
}
