using Crowsnest.Core.Alerting;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Cli.Evaluation;

/// <summary>Looks whether attacks of several phases are one incident that tells them in order, and how soon alerts come.</summary>
internal static class ChainEvaluator
{
    /// <summary>The chains among the scenarios.</summary>
    internal static IReadOnlyList<ChainResult> Chains(
        IReadOnlyList<Incident> incidents,
        IReadOnlyList<Alert> alerts,
        IReadOnlyList<LabelledEvent> labels,
        IReadOnlyList<Scenario> scenarios)
    {
        HashSet<string> malicious = [.. labels.Where(static label => label.Malicious).Select(static label => label.AuditID)];
        List<ChainResult> results = [];
        foreach (Scenario chain in scenarios.Where(static scenario => scenario.IsChain))
        {
            HashSet<string> own = [.. chain.AuditIDs.Where(malicious.Contains)];
            if (own.Count == 0)
            {
                continue;
            }

            List<(Incident Incident, int Held)> holding =
            [
                .. incidents.Select(incident => (incident, incident.Detections.Count(d => d.AuditIds.Any(own.Contains))))
                    .Where(static pair => pair.Item2 > 0).OrderByDescending(static pair => pair.Item2),
            ];
            List<string> phases = Phases(chain);
            results.Add(new ChainResult(
                chain.Id,
                holding.Count,
                holding.Count == 0 ? 0 : InOrder(phases, [.. holding[0].Incident.Phases.Select(static phase => phase.Tactic)]),
                phases.Count,
                alerts.Any(alert => alert.Time < chain.LastPhase && alert.AuditIds.Any(own.Contains))));
        }

        return results;
    }

    /// <summary>
    /// For each attack that has an alert, the seconds from the event time of its earliest finding in the first alert that holds
    /// one, to that alert and to the first alert about the incident, which may lie before it; each in ascending order.
    /// </summary>
    internal static (IReadOnlyList<double> First, IReadOnlyList<double> Told) Delays(
        IReadOnlyList<Incident> incidents,
        IReadOnlyList<Alert> alerts,
        IReadOnlyList<LabelledEvent> labels,
        IReadOnlyList<Scenario> scenarios)
    {
        HashSet<string> malicious = [.. labels.Where(static label => label.Malicious).Select(static label => label.AuditID)];
        Dictionary<string, (DateTimeOffset Time, IReadOnlyList<string> AuditIds)> detections = incidents
            .SelectMany(static incident => incident.Detections).DistinctBy(static d => d.Id)
            .ToDictionary(static d => d.Id, static d => (d.Time, d.AuditIds), StringComparer.Ordinal);
        List<Alert> ordered = [.. alerts.OrderBy(static alert => alert.Time)];
        Dictionary<string, DateTimeOffset> first = ordered.GroupBy(static alert => alert.IncidentId, StringComparer.Ordinal)
            .ToDictionary(static group => group.Key, static group => group.First().Time, StringComparer.Ordinal);
        List<double> delays = [];
        List<double> firstDelays = [];
        foreach (Scenario scenario in scenarios.Where(static scenario => scenario.Malicious))
        {
            HashSet<string> own = [.. scenario.AuditIDs.Where(malicious.Contains)];
            foreach (Alert alert in ordered)
            {
                List<DateTimeOffset> times = [.. alert.DetectionIds.Where(detections.ContainsKey).Select(id => detections[id])
                    .Where(detection => detection.AuditIds.Any(own.Contains)).Select(static detection => detection.Time)];
                if (times.Count > 0)
                {
                    delays.Add((alert.Time - times.Min()).TotalSeconds);
                    firstDelays.Add(Math.Max(0, (first[alert.IncidentId] - times.Min()).TotalSeconds));
                    break;
                }
            }
        }

        return ([.. firstDelays.Order()], [.. delays.Order()]);
    }

    private static List<string> Phases(Scenario chain)
    {
        List<string> phases = [];
        foreach (ScenarioTechnique technique in chain.Techniques ?? [])
        {
            string tactic = technique.Phase.ToLowerInvariant().Replace(' ', '-');
            if (phases.Count == 0 || phases[^1] != tactic)
            {
                phases.Add(tactic);
            }
        }

        return phases;
    }

    // Length of the longest common subsequence.
    private static int InOrder(List<string> wanted, List<string> named)
    {
        int[] row = new int[named.Count + 1];
        foreach (string phase in wanted)
        {
            int diagonal = 0;
            for (int i = 1; i <= named.Count; i++)
            {
                (diagonal, row[i]) = (row[i], named[i - 1] == phase ? diagonal + 1 : Math.Max(row[i], row[i - 1]));
            }
        }

        return row[^1];
    }
}
