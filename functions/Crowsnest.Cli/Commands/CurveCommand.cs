using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Crowsnest.Cli.Evaluation;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Output;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest curve</c>: what each budget finds, and what it costs.</summary>
internal static class CurveCommand
{
    private static readonly double[] Usual = [0.3, 1, 3, 10, 30];

    internal static Command Create()
    {
        Option<string[]> attacks = Recordings("--attacks", "With labels: NAME=FILE of the detections that detect wrote.");
        Option<string[]> benign = Recordings(
            "--benign", "Benign days: NAME=FOLDER with a file of detections of each day that was judged by the others.");
        Option<FileInfo?> labels = new("--labels") { Description = "Labels of the recordings with attacks, as JSON lines." };
        Option<FileInfo?> scenarios = new("--scenarios") { Description = "The scenarios, a JSON array." };
        Option<double[]> budgets = new("--budgets")
        {
            Description = "The budgets, none above the one that the detections were made with.",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = static _ => Usual,
        };
        Option<FileInfo?> svg = new("--svg") { Description = "Where to draw it." };
        Command command = new("curve", "Shows what each budget finds and what it costs, from detections made with the highest.")
        {
            attacks, benign, labels, scenarios, budgets, svg,
        };
        command.SetAction((parsed, cancellationToken) => ExitCodes.GuardAsync(async () =>
        {
            double[] all = [.. parsed.GetRequiredValue(budgets).Order()];
            string[] recorded = parsed.GetValue(attacks) ?? [];
            (LabelledEvent[] known, Scenario[] played) = recorded.Length == 0 ? ([], []) : (
                (await LinesAsync(Needed(parsed.GetValue(labels), "--labels"), EvaluationJson.Default.LabelledEvent, cancellationToken))
                    .ToArray(),
                JsonSerializer.Deserialize(
                    await File.ReadAllTextAsync(Needed(parsed.GetValue(scenarios), "--scenarios").FullName, cancellationToken),
                    EvaluationJson.Default.ScenarioArray) ?? []);
            List<(string Name, IReadOnlyList<CurvePoint> Points)> found = [];
            foreach ((string name, string path) in recorded.Select(NameAndPath))
            {
                List<Detection> detections = await LinesAsync(new FileInfo(path), OutputJson.Lines.Detection, cancellationToken);
                found.Add((name, [.. all.Select(budget => BudgetCurve.OfAttacks(detections, budget, known, played))]));
            }

            List<(string Name, IReadOnlyList<CurvePoint> Points)> costs = [];
            foreach ((string name, string path) in (parsed.GetValue(benign) ?? []).Select(NameAndPath))
            {
                List<IReadOnlyList<Detection>> days = [];
                foreach (FileInfo day in new DirectoryInfo(path).EnumerateFiles("*.jsonl")
                    .OrderBy(static file => file.Name, StringComparer.Ordinal))
                {
                    days.Add(await LinesAsync(day, OutputJson.Lines.Detection, cancellationToken));
                }

                costs.Add((name, [.. all.Select(budget => BudgetCurve.OfBenign(days, budget))]));
            }

            Print(found.Concat(costs));
            if (parsed.GetValue(svg) is { } file)
            {
                await File.WriteAllTextAsync(file.FullName, CurveSvg.Draw(found, costs), cancellationToken);
            }

            return ExitCodes.Ran;
        }));
        return command;
    }

    private static Option<string[]> Recordings(string name, string description) =>
        new(name) { Description = description, AllowMultipleArgumentsPerToken = true };

    private static FileInfo Needed(FileInfo? file, string option) => file is { Exists: true } ? file
        : throw new UsageException(file is null ? $"--attacks needs {option}" : $"there is no file {file.FullName}");

    private static (string Name, string Path) NameAndPath(string text) => text.Split('=', 2) is [{ Length: > 0 } name, var path]
        ? File.Exists(path) || Directory.Exists(path) ? (name, path) : throw new UsageException($"there is no {path}")
        : throw new UsageException($"'{text}' is not NAME=PATH");

    private static void Print(IEnumerable<(string Name, IReadOnlyList<CurvePoint> Points)> lines)
    {
        Terminal.Print("| recording | budget | attacks found | false incidents a day | false lines a day |");
        Terminal.Print("|---|---|---|---|---|");
        foreach ((string name, CurvePoint point) in lines.SelectMany(static line => line.Points.Select(point => (line.Name, point))))
        {
            Terminal.Print(string.Create(
                CultureInfo.InvariantCulture,
                $"| {name} | {point.Budget:0.##} | {(point.Attacks > 0 ? $"{point.Found} of {point.Attacks}" : "–")} | "
                + $"{point.FalseIncidents:0.00} | {point.FalseLines:0.00} |"));
        }
    }

    private static async Task<List<T>> LinesAsync<T>(
        FileInfo file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        List<T> items = [];
        await foreach (string line in File.ReadLinesAsync(file.FullName, cancellationToken))
        {
            try
            {
                items.Add(JsonSerializer.Deserialize(line, type) ?? throw new UsageException($"{file.Name} holds null"));
            }
            catch (JsonException broken)
            {
                throw new UsageException($"line {items.Count + 1} of {file.Name} can't be read: {broken.Message}", broken);
            }
        }

        return items;
    }
}
