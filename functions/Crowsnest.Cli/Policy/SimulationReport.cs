using Crowsnest.Azure.Investigation;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Policy;
using Crowsnest.Core.Rules;

namespace Crowsnest.Cli.Policy;

/// <summary>Makes tables of a simulated policy.</summary>
internal static class SimulationReport
{
    private const int MostPrincipals = 15;
    private const int MostDetections = 50;

    internal static Report Of(
        string question,
        PolicySimulation simulation,
        AuditPolicy? policy,
        IReadOnlyList<(SigmaRule Rule, string Why)> blind,
        (IReadOnlyList<Detection> Before, IReadOnlyList<Detection> After, IReadOnlyList<LostDetection> Lost) found,
        Prices prices)
    {
        double days = simulation.Days;
        List<ReportTable> tables =
        [
            Volumes("volume", "Events and bytes a day", "what", [("all", simulation.Total)], days),
            Cost(simulation.Total, days, prices),
        ];
        if (policy is not null)
        {
            tables.Add(Volumes("by_rule", "By rule of the policy", "rule", RulesOf(policy, simulation), days));
        }

        var categories = simulation.ByCategory.OrderBy(static pair => pair.Key, StringComparer.Ordinal)
            .Select(static pair => (pair.Key, pair.Value));
        tables.Add(Volumes("by_category", "By category (kube-audit-admin has no reads)", "category", [.. categories], days));
        var principals = simulation.ByPrincipal.OrderByDescending(static pair => pair.Value.Bytes - pair.Value.BytesLeft)
            .ThenByDescending(static pair => pair.Value.Bytes).ThenBy(static pair => pair.Key, StringComparer.Ordinal)
            .Take(MostPrincipals).Select(static pair => (pair.Key, pair.Value));
        string all = simulation.ByPrincipal.Count > MostPrincipals ? $", {MostPrincipals} of {simulation.ByPrincipal.Count}" : "";
        tables.Add(Volumes("by_principal", $"By principal, the largest savings first{all}", "principal", [.. principals], days));
        tables.Add(Lost(found.Lost));
        tables.Add(new ReportTable(
            "blind_rules",
            "Rules that the policy leaves blind",
            ["rule", "severity", "why"],
            [
                .. blind.OrderByDescending(static one => one.Rule.Severity).ThenBy(static one => one.Rule.Label, StringComparer.Ordinal)
                    .Select(static one => (IReadOnlyList<object?>)[one.Rule.Label, one.Rule.Severity.ToString(), one.Why]),
            ]));
        tables.Add(new ReportTable(
            "leaks",
            "Credentials that the policy puts into the log",
            ["request", "what", "rule", "requests"],
            [
                .. simulation.Leaks.OrderByDescending(static pair => pair.Value)
                    .ThenBy(static pair => pair.Key.Kind, StringComparer.Ordinal)
                    .Select(static pair => (IReadOnlyList<object?>)[pair.Key.Kind, pair.Key.What, (long)pair.Key.Rule, (long)pair.Value]),
            ]));
        return new Report(question, simulation.First, simulation.Last, ["capture"], tables, Notes(simulation, found, prices));
    }

    private static List<string> Notes(
        PolicySimulation simulation,
        (IReadOnlyList<Detection> Before, IReadOnlyList<Detection> After, IReadOnlyList<LostDetection> Lost) found,
        Prices prices)
    {
        List<string> notes =
        [
            $"{Terminal.Number(found.Before.Count)} detections in the capture, {Terminal.Number(found.After.Count)} under the policy",
            $"prices: {prices.AsOf}",
            "a capture shows what was logged: what its own policy left out is in none of these figures",
        ];
        if (simulation.Total.Larger > 0)
        {
            notes.Add($"{Terminal.Number(simulation.Total.Larger)} events would be larger than in the capture, by bodies that it does not "
                + "hold: the bytes that are left are a lower bound");
        }

        return notes;
    }

    private static List<(string, Volume)> RulesOf(AuditPolicy policy, PolicySimulation simulation)
    {
        List<(string, Volume)> rows = [];
        foreach (PolicyRule rule in policy.Rules)
        {
            rows.Add(($"{rule.Number} (line {rule.Line}) {rule.Level}", simulation.ByRule.GetValueOrDefault(rule.Number) ?? new Volume()));
        }

        if (simulation.ByRule.TryGetValue(0, out Volume? none))
        {
            rows.Add(("no rule", none));
        }

        return rows;
    }

    private static ReportTable Volumes(
        string name, string title, string what, IReadOnlyList<(string Label, Volume Volume)> rows, double days) =>
        new(
            name,
            title,
            [what, "events", "events_left", "bytes", "bytes_left", "saved_percent"],
            [.. rows.Select(row => (IReadOnlyList<object?>)
            [
                row.Label,
                Day(row.Volume.Events, days),
                Day(row.Volume.EventsLeft, days),
                Day(row.Volume.Bytes, days),
                Day(row.Volume.BytesLeft, days),
                row.Volume.Bytes == 0 ? 0.0 : Math.Round(100.0 * (row.Volume.Bytes - row.Volume.BytesLeft) / row.Volume.Bytes, 1),
            ])]);

    private static ReportTable Cost(Volume total, double days, Prices prices)
    {
        (double hub, double archive, double logs) = prices.PerMonth(total.Events / days, total.Bytes / days);
        (double hubLeft, double archiveLeft, double logsLeft) = prices.PerMonth(total.EventsLeft / days, total.BytesLeft / days);
        IReadOnlyList<object?> Row(string what, double before, double after) => [what, Math.Round(before, 2), Math.Round(after, 2)];
        return new ReportTable(
            "cost",
            $"A month's cost in {prices.Currency}",
            ["what", "before", "after"],
            [
                Row("Event Hubs", hub, hubLeft), Row("archive", archive, archiveLeft),
                Row("Log Analytics, if it gets them too", logs, logsLeft),
            ]);
    }

    private static ReportTable Lost(IReadOnlyList<LostDetection> lost)
    {
        var groups = lost.GroupBy(static one => (one.Detection.Rule.Title, one.Detection.Severity, one.StandIn))
            .OrderByDescending(static group => group.Key.Severity).ThenByDescending(static group => group.Count())
            .ThenBy(static group => group.Key.Title, StringComparer.Ordinal).ToList();
        return new ReportTable(
            "detections_lost",
            "Detections of the capture that are lost, or degraded to another"
                + (groups.Count > MostDetections ? $", {MostDetections} of {groups.Count}" : ""),
            ["rule", "severity", "detections", "what_stands_in", "example"],
            [.. groups.Take(MostDetections).Select(static group => (IReadOnlyList<object?>)
            [
                group.Key.Title,
                group.Key.Severity.ToString(),
                (long)group.Count(),
                group.Key.StandIn,
                Redactor.RedactName(group.First().Detection.Principal),
            ])]);
    }

    private static long Day(long count, double days) => (long)Math.Round(count / days);
}
