using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Crowsnest.Cli.Evaluation;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest evaluate --alerts A --labels L --scenarios S</c>.</summary>
internal static class EvaluateCommand
{
    internal static Command Create()
    {
        Option<FileInfo?> alerts = new("--alerts") { Description = "Alerts written by detect." };
        Option<FileInfo?> incidents = new("--incidents")
        {
            Description = "Incidents written by detect with the alerts: shows how attacks of several phases came out, and how soon.",
        };
        Option<FileInfo[]> events = new("--events")
        {
            Description = "The labelled events: compares the model with a baseline, without rules.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<FileInfo[]> history = new("--history")
        {
            Description = "Events to train both on; needed with --events.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<FileInfo?> plot = new("--plot") { Description = "With --events: where to draw detections against false alerts, as PNG." };
        Option<FileInfo> labels = new("--labels") { Description = "Labels of the events, as JSON lines.", Required = true };
        Option<FileInfo> scenarios = new("--scenarios") { Description = "The scenarios, a JSON array.", Required = true };
        Option<double?> days = new("--days")
        {
            Description = "Days the events span. Default: from the first scenario's day to the last one's.",
        };
        Option<int?> fewest = new("--min-detected") { Description = "Exit with 1 when fewer attack scenarios have an alert." };
        Option<double?> most = new("--max-false-per-day") { Description = "Exit with 1 when there are more false alerts a day." };
        Option<double?> phases = new("--min-phases")
        {
            Description =
                "With --incidents: exit with 1 unless every chain is one incident that names this share of its phases in order, "
                + "alerted before the last.",
        };
        Option<double?> delay = new("--max-delay")
        {
            Description = "With --incidents: exit with 1 when for more than 5 % of attacks somebody is called later than so many seconds.",
        };
        Command command = new("evaluate", "Counts detected attacks and false alerts against labels.")
        {
            alerts, incidents, events, history, plot, labels, scenarios, days, fewest, most, phases, delay,
        };
        command.SetAction((parsed, cancellationToken) => ExitCodes.GuardAsync(async () =>
        {
            List<LabelledEvent> known = await ReadLinesAsync(
                parsed.GetRequiredValue(labels), EvaluationJson.Default.LabelledEvent, cancellationToken);
            FileInfo file = parsed.GetRequiredValue(scenarios);
            Scenario[] all = Parse(
                file.Name, await File.ReadAllTextAsync(file.FullName, cancellationToken), EvaluationJson.Default.ScenarioArray);
            if (parsed.GetValue(events) is { Length: > 0 } recordings)
            {
                FileInfo[] past = parsed.GetValue(history) is { Length: > 0 } given
                    ? given
                    : throw new UsageException("--events needs --history: a model has to be trained before it can be compared");
                await DetectorComparison.RunAsync(
                    past, recordings, known, all, parsed.GetValue(days), parsed.GetValue(plot), cancellationToken);
            }

            if (parsed.GetValue(alerts) is not { } sent)
            {
                return parsed.GetValue(events) is { Length: > 0 }
                    ? ExitCodes.Ran
                    : throw new UsageException("give --alerts written by detect, or --events with --history");
            }

            List<Alert> notices = await ReadLinesAsync(sent, OutputJson.Lines.Alert, cancellationToken);
            EvaluationResult result = Evaluator.Evaluate(notices, known, all, parsed.GetValue(days));
            Print(result);
            bool isBelow = result.Detected.Count < parsed.GetValue(fewest) || result.FalseAlertsPerDay > parsed.GetValue(most);
            if (parsed.GetValue(incidents) is { } grouped)
            {
                List<Incident> stories = await ReadLinesAsync(grouped, OutputJson.Lines.Incident, cancellationToken);
                isBelow |= PrintChains(ChainEvaluator.Chains(stories, notices, known, all), parsed.GetValue(phases));
                isBelow |= PrintDelays(ChainEvaluator.Delays(stories, notices, known, all), parsed.GetValue(delay));
            }

            return isBelow ? ExitCodes.BelowGate : ExitCodes.Ran;
        }));
        return command;
    }

    private static void Print(EvaluationResult result)
    {
        int attacks = result.Detected.Count + result.Missed.Count;
        Terminal.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.Detected.Count}/{attacks} attack scenarios have an alert, {result.FalseAlertsPerDay:0.00} false alerts/day "
            + $"({result.FalseAlerts} in {result.Days:0.#} days), {result.HardBenign.Count} hard benign scenarios alert, "
            + $"{result.Split} scenarios are split over several incidents, {result.Ignored} alerts ignored as clean-up"));
        Terminal.Print(string.Create(
            CultureInfo.InvariantCulture,
            $"{result.FalseIncidents} false incidents ({result.FalseIncidents / result.Days:0.00} a day), {result.FalseAlerts} false lines "
            + $"({result.FalseAlertsPerDay:0.00} a day); {result.Lines.Sum()} lines in all, of {result.Lines.Count} incidents: "
            + $"{result.Lines.DefaultIfEmpty().Average():0.0} an incident, {result.Lines.DefaultIfEmpty().Max()} at most"));
        Terminal.Print($"missed: {(result.Missed.Count == 0 ? "none" : string.Join(", ", result.Missed))}");
        foreach ((string technique, (int detected, int all)) in result.Techniques.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Terminal.Print($"technique: {technique} {detected}/{all}");
        }

        foreach ((string scenario, int count) in result.HardBenign.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Terminal.Print($"hard benign with an alert: {scenario} ({count})");
        }

        foreach ((string title, int count) in result.FalseTitles.OrderByDescending(static pair => pair.Value)
            .ThenBy(static pair => pair.Key, StringComparer.Ordinal))
        {
            Terminal.Print($"false alert: {count} x {title}");
        }
    }

    private static bool PrintChains(IReadOnlyList<ChainResult> chains, double? least)
    {
        foreach (ChainResult chain in chains)
        {
            Terminal.Print(
                $"chain: {chain.Id}: {chain.Incidents} incident{(chain.Incidents == 1 ? "" : "s")}, "
                + $"{chain.Named} of {chain.Phases} phases in order, "
                + $"first alert {(chain.IsInTime ? "before" : "not before")} the last phase");
        }

        return least is { } share && chains.Any(chain => chain.Incidents != 1 || chain.Named < share * chain.Phases || !chain.IsInTime);
    }

    private static bool PrintDelays((IReadOnlyList<double> First, IReadOnlyList<double> Told) delays, double? most)
    {
        if (delays.First.Count == 0)
        {
            return false;
        }

        Terminal.Print($"somebody is called {Spread(delays.First)} after an attack's earliest finding that is told");
        Terminal.Print($"the finding itself is told {Spread(delays.Told)} after: what follows a first alert waits for the rest to end");
        return Percentile95(delays.First) > most;
    }

    private static string Spread(IReadOnlyList<double> delays) => string.Create(
        CultureInfo.InvariantCulture,
        $"{delays[delays.Count / 2]:0} s (median), {Percentile95(delays):0} s (p95), {delays[^1]:0} s (most)");

    private static double Percentile95(IReadOnlyList<double> delays) => delays[(int)Math.Ceiling(0.95 * delays.Count) - 1];

    private static async Task<List<T>> ReadLinesAsync<T>(
        FileInfo file,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken)
    {
        List<T> items = [];
        int number = 0;
        await foreach (string line in File.ReadLinesAsync(file.FullName, cancellationToken))
        {
            number++;
            if (line.Length > 0)
            {
                items.Add(Parse($"{file.Name} line {number}", line, type));
            }
        }

        return items;
    }

    private static T Parse<T>(string where, string json, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(json, type) ?? throw new UsageException($"{where} holds null");
        }
        catch (JsonException broken)
        {
            throw new UsageException($"{where} can't be read: {broken.Message}", broken);
        }
    }
}
