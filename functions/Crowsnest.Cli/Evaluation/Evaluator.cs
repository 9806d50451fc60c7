using Crowsnest.Core.Alerting;

namespace Crowsnest.Cli.Evaluation;

/// <summary>
/// Counts: a scenario is detected when an alert holds one of its attacker's requests; an alert that holds neither one nor a
/// reaction to one is false; alerts about the clean-up after an attack are ignored.
/// </summary>
internal static class Evaluator
{
    internal const string CleanUp = "hb-ir";

    internal static EvaluationResult Evaluate(
        IEnumerable<Alert> alerts,
        IReadOnlyList<LabelledEvent> labels,
        IReadOnlyList<Scenario> scenarios,
        double? days)
    {
        Dictionary<string, LabelledEvent> byId = labels.ToDictionary(static label => label.AuditID, StringComparer.Ordinal);

        // A label file is about one recording: the scenarios are those whose events it labels.
        List<Scenario> labelled = [.. scenarios.Where(scenario => scenario.AuditIDs.Any(byId.ContainsKey))];
        Dictionary<string, string> owners = labelled.Where(static scenario => scenario.Malicious)
            .SelectMany(static scenario => scenario.AuditIDs.Select(id => (id, scenario.Id)))
            .ToDictionary(static pair => pair.id, static pair => pair.Id, StringComparer.Ordinal);
        Dictionary<string, HashSet<string>> incidents = new(StringComparer.Ordinal);
        Dictionary<string, int> hardBenign = new(StringComparer.Ordinal);
        Dictionary<string, int> titles = new(StringComparer.Ordinal);
        Dictionary<string, int> lines = new(StringComparer.Ordinal);
        HashSet<string> toldForNothing = new(StringComparer.Ordinal);
        int ignored = 0;
        foreach (Alert alert in alerts)
        {
            lines[alert.IncidentId] = lines.GetValueOrDefault(alert.IncidentId) + 1;
            List<LabelledEvent> known = [.. alert.AuditIds.Where(byId.ContainsKey).Select(id => byId[id])];
            if (known.Exists(static label => label.Malicious || label.Induced))
            {
                foreach (LabelledEvent label in known.Where(label => label.Malicious && owners.ContainsKey(label.AuditID)))
                {
                    string owner = owners[label.AuditID];
                    incidents.TryAdd(owner, new HashSet<string>(StringComparer.Ordinal));
                    incidents[owner].Add(alert.IncidentId);
                }
            }
            else if (known.Count > 0 && known.TrueForAll(static label => label.Scenario.Contains(CleanUp, StringComparison.Ordinal)))
            {
                ignored++;
            }
            else
            {
                toldForNothing.Add(alert.IncidentId);
                titles[alert.Title] = titles.GetValueOrDefault(alert.Title) + 1;
                foreach (string scenario in known.Select(static label => label.Scenario).Distinct())
                {
                    hardBenign[scenario] = hardBenign.GetValueOrDefault(scenario) + 1;
                }
            }
        }

        List<string> attacks = [.. labelled.Where(static scenario => scenario.Malicious).Select(static scenario => scenario.Id)];
        return new EvaluationResult(
            [.. attacks.Where(incidents.ContainsKey)],
            [.. attacks.Where(id => !incidents.ContainsKey(id))],
            titles.Values.Sum(),
            toldForNothing.Count,
            lines.Values,
            ignored,
            incidents.Values.Count(static ids => ids.Count > 1),
            hardBenign,
            titles,
            labelled.Where(static scenario => scenario.Malicious)
                .SelectMany(static scenario => (scenario.Techniques ?? []).Select(technique => (technique.Key, scenario.Id)))
                .GroupBy(static pair => pair.Key, StringComparer.Ordinal)
                .ToDictionary(static group => group.Key, group => (group.Count(pair => incidents.ContainsKey(pair.Id)), group.Count())),
            days ?? SpanInDays(labelled));
    }

    internal static double SpanInDays(List<Scenario> scenarios) => scenarios.Count == 0 ? 1
        : (scenarios.Max(static scenario => scenario.End.UtcDateTime.Date)
            - scenarios.Min(static scenario => scenario.Start.UtcDateTime.Date)).TotalDays + 1;
}
