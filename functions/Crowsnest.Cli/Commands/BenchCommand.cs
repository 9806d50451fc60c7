using System.CommandLine;
using System.Globalization;
using Crowsnest.Cli.Benchmarking;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest bench FILE</c>.</summary>
internal static class BenchCommand
{
    internal static Command Create()
    {
        Argument<FileInfo> file = new("FILE") { Description = "Audit events to measure with." };
        Option<FileInfo?> model = new("--model") { Description = "A model made by train; without one the model is not measured." };
        Option<int> clusters = new("--clusters")
        {
            Description = "With --model: the memory of so many clusters' models, each loaded and ready to judge, instead of the stages.",
        };
        Command command = new("bench", "Measures events a second and allocated bytes by stage.") { file, model, clusters };
        command.SetAction((parsed, cancellationToken) => ExitCodes.GuardAsync(async () =>
        {
            FileInfo input = parsed.GetRequiredValue(file);
            if (!input.Exists)
            {
                throw new UsageException($"there is no file {input.FullName}");
            }

            AnomalyModel? anomalies = parsed.GetValue(model) is { } path
                ? await ModelSource.LoadAsync(path, cancellationToken)
                : null;
            RuleSet rules = RuleSource.Load(null);
            if (parsed.GetValue(clusters) is > 0 and int count)
            {
                byte[] artefact = ModelFile.Write(anomalies ?? throw new UsageException("--clusters needs --model"));
                long bytes = ModelMemory.Of(artefact, rules, count);
                Terminal.Print(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{count} models of {artefact.Length / 1e3:N0} KB take {bytes / 1e6:N0} MB, each with a judge"));
                return ExitCodes.Ran;
            }

            Workload workload = await Workload.LoadAsync(input, cancellationToken);
            Terminal.Say(
                $"{Terminal.Number(workload.Events.Count)} events, {Terminal.Number(workload.Bytes / 1e6)} MB, {rules.Rules.Count} rules");
            Print(new Benchmark(workload, rules, anomalies, Terminal.Say).Run());
            return ExitCodes.Ran;
        }));
        return command;
    }

    private static void Print(IReadOnlyList<Stage> stages)
    {
        Console.WriteLine($"{"stage",-44}{"events/s",12}{"of yardstick",14}{"bytes/event",13}{"GCs",6}");
        foreach (Stage stage in stages)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{stage.Name,-44}{stage.EventsPerSecond,12:N0}"
                + $"{stage.EventsPerSecond / stages[0].EventsPerSecond,14:0.00}{stage.AllocatedPerEvent,13:N0}{stage.Collections,6}"));
        }
    }
}
