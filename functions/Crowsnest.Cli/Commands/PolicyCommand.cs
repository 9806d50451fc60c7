using System.CommandLine;
using Crowsnest.Azure.Investigation;
using Crowsnest.Cli.Investigation;
using Crowsnest.Cli.Policy;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest policy</c>: what to log.</summary>
internal static class PolicyCommand
{
    internal static Command Create() => new("policy", "Says what an audit policy costs, shows, hides and gives away.")
    {
        Simulate(),
        PolicyAdviseCommand.Create(),
        Lint(),
        PolicyCategoriesCommand.Create(),
    };

    internal static Option<FileInfo?> PricesOption() =>
        new("--prices") { Description = "JSON file of prices. Default: list prices." };

    internal static Option<bool> JsonOption() => new("--json") { Description = "Write JSON." };

    internal static Argument<FileInfo> PolicyArgument() => new("POLICY") { Description = "An audit policy (audit.k8s.io/v1), YAML." };

    /// <summary>Reads a policy file.</summary>
    /// <exception cref="UsageException">There is none, or no API server would start with it.</exception>
    internal static AuditPolicy Load(FileInfo file)
    {
        try
        {
            return file.Exists ? AuditPolicy.Parse(File.ReadAllText(file.FullName))
                : throw new UsageException($"there is no file {file.FullName}");
        }
        catch (PolicyException fault)
        {
            throw new UsageException($"{file.Name}: {fault.Message}", fault);
        }
    }

    internal static void Print(Report report, bool asJson)
    {
        if (asJson)
        {
            ReportPrinter.Json(report);
        }
        else
        {
            ReportPrinter.Tables(report);
        }
    }

    /// <summary>The rules that are blinder than before, and why.</summary>
    internal static IReadOnlyList<(SigmaRule Rule, string Why)> Blind(RuleSet rules, PolicySimulation simulation, AuditPolicy? policy)
    {
        RuleSight? sight = policy is null ? null : new RuleSight(policy, simulation.Cells.All.Keys);
        List<(SigmaRule, string)> blind = [];
        foreach (SigmaRule rule in rules.Rules)
        {
            string before = simulation.FactsBefore.Blindness(rule);
            string after = simulation.FactsAfter.Blindness(rule);
            string why = rule.IsOff ? "" : sight?.Blindness(rule) is { Length: > 0 } stated ? stated : after == before ? "" : after;
            if (why.Length > 0)
            {
                blind.Add((rule, why));
            }
        }

        return blind;
    }

    private static Command Simulate()
    {
        Argument<FileInfo> file = PolicyArgument();
        CaptureSource capture = new();
        Option<DirectoryInfo?> folder = RulesCommand.Folder();
        Option<FileInfo?> model = new("--model") { Description = "A model to judge by as well." };
        Option<FileInfo?> prices = PricesOption();
        Option<FileInfo?> left = new("--out")
        {
            Description = "Where to write what would be left, as JSON lines without envelopes, gzip: detect --cluster NAME finds in it.",
        };
        Option<bool> json = JsonOption();
        Command command = new("simulate", "Shows what would be left of a capture under a policy: volume, cost, detections, rules, leaks.")
        {
            file,
        };
        capture.AddTo(command);
        foreach (Option option in new Option[] { folder, model, prices, left, json })
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            AuditPolicy policy = Load(parsed.GetRequiredValue(file));
            Prices priced = Prices.Load(parsed.GetValue(prices));
            RuleSet rules = RuleSource.Load(parsed.GetValue(folder));
            AnomalyModel? anomalies = parsed.GetValue(model) is { } made ? await ModelSource.LoadAsync(made, cancellationToken) : null;
            PolicySimulation simulation = PolicySimulation.Of(policy, rules, anomalies);
            await using (LeftFile? rest = parsed.GetValue(left) is { } to ? new LeftFile(to) : null)
            {
                await capture.ReadAsync(
                    parsed,
                    "Simulating",
                    (audit, evidence) =>
                    {
                        AuditEvent? kept = simulation.Add(audit, evidence);
                        rest?.Add(kept);
                    },
                    cancellationToken);
            }

            Report report = SimulationReport.Of(
                $"What would be left under {parsed.GetRequiredValue(file).Name}?",
                simulation,
                policy,
                Blind(rules, simulation, policy),
                simulation.Finish(),
                priced);
            Print(report, parsed.GetValue(json));
            return ExitCodes.Ran;
        }));
        return command;
    }

    private static Command Lint()
    {
        Argument<FileInfo> file = PolicyArgument();
        const string Description = "Finds rules that never match, credentials in the log, and acts that are not logged. Exit 1 on faults.";
        Command command = new("lint", Description) { file };
        command.SetAction((parsed, _) => ExitCodes.GuardAsync(() =>
        {
            FileInfo policy = parsed.GetRequiredValue(file);
            IReadOnlyList<PolicyNote> notes = PolicyLinter.Lint(Load(policy));
            foreach (PolicyNote note in notes)
            {
                string place = note.Rule == 0 ? "" : $"rule {note.Rule}: ";
                Terminal.Print($"{policy.Name}:{note.Line}: {(note.IsFault ? "fault" : "advice")}: {place}{note.Message}");
            }

            int faults = notes.Count(static note => note.IsFault);
            Terminal.Print($"{faults} faults, {notes.Count - faults} advice");
            return Task.FromResult(faults > 0 ? ExitCodes.Faults : ExitCodes.Ran);
        }));
        return command;
    }
}
