using System.CommandLine;
using Crowsnest.Cli.Policy;
using Crowsnest.Core.Policy;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest policy advise</c>: the cheapest policy under which what is found stays the same.</summary>
internal static class PolicyAdviseCommand
{
    internal static Command Create()
    {
        CaptureSource capture = new();
        Option<DirectoryInfo?> folder = RulesCommand.Folder();
        Option<string[]> keep = new("--keep")
        {
            Description = "Rules and correlations that must stay sighted: names, ids, or the lowest severity. Default: all.",
            AllowMultipleArgumentsPerToken = true,
        };
        Option<double?> budget = new("--budget")
        {
            Description = "GB a day: events are dropped only as far as it takes. Default: all that may be dropped are.",
        };
        Option<bool> keepEvents = new("--keep-events") { Description = "Drop no event, only bodies and repetitions." };
        Option<bool> noModel = new("--no-model") { Description = "Do not keep what only the model looks at." };
        Option<FileInfo?> model = new("--model") { Description = "A model to check by as well." };
        Option<bool> json = PolicyCommand.JsonOption();
        const string Description = "Writes the cheapest policy that keeps rules and model sighted, and checks it on the capture. Exit 1 if "
            + "something is lost.";
        Command command = new("advise", Description);
        capture.AddTo(command);
        foreach (Option option in new Option[] { folder, keep, budget, keepEvents, noModel, model, json })
        {
            command.Add(option);
        }

        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            bool keepsModel = !parsed.GetValue(noModel);
            double? most = parsed.GetValue(budget);
            if (most is <= 0)
            {
                throw new UsageException("--budget is more than 0");
            }

            if (!keepsModel && parsed.GetValue(model) is not null)
            {
                throw new UsageException("--model and --no-model: one or the other");
            }

            RuleSet rules = RuleSource.Load(parsed.GetValue(folder));
            KeptRules kept = KeptRules.Of(rules, parsed.GetValue(keep) ?? []);
            AnomalyModel? anomalies = parsed.GetValue(model) is { } made ? await ModelSource.LoadAsync(made, cancellationToken) : null;
            Advice advice = await Advice.OfAsync(
                (what, use) => capture.ReadAsync(parsed, what, use, cancellationToken),
                rules,
                kept,
                anomalies,
                keepsModel,
                !parsed.GetValue(keepEvents),
                most);
            List<string> head = AdviceReport.Head(advice, kept, keepsModel, anomalies is not null, most);
            if (parsed.GetValue(json))
            {
                PolicyCommand.Print(AdviceReport.Of(advice, head), asJson: true);
            }
            else
            {
                await Console.Out.WriteAsync(AdviceYaml.Write(advice.Rules, head, advice.Simulation).AsMemory(), cancellationToken);
            }

            return advice.Checks.All(static check => check.IsSame) ? ExitCodes.Ran : ExitCodes.Faults;
        }));
        return command;
    }
}
