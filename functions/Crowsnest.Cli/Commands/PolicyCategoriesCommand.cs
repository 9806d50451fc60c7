using System.CommandLine;
using Crowsnest.Azure.Investigation;
using Crowsnest.Cli.Policy;
using Crowsnest.Core.Policy;
using Crowsnest.Core.Rules;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest policy categories</c>: what a platform that fixes its policy would leave of a capture.</summary>
internal static class PolicyCategoriesCommand
{
    internal static Command Create()
    {
        CaptureSource capture = new();
        Option<DirectoryInfo?> folder = RulesCommand.Folder();
        Option<FileInfo?> prices = PolicyCommand.PricesOption();
        Option<string> platform = new("--platform")
        {
            Description = $"The platform: {string.Join(", ", Platform.Names)}.",
            DefaultValueFactory = static _ => Platform.Names[0],
        };
        Option<bool> json = PolicyCommand.JsonOption();
        const string Description = "Shows on a capture what a platform logs that fixes its policy: AKS's category kube-audit-admin (no "
            + "get, list and watch), EKS, GKE.";
        Command command = new("categories", Description) { folder, prices, platform, json };
        capture.AddTo(command);
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            Platform chosen = Platform.Of(parsed.GetRequiredValue(platform));
            Prices priced = Prices.Load(parsed.GetValue(prices));
            RuleSet rules = RuleSource.Load(parsed.GetValue(folder));
            PolicySimulation simulation = new(chosen.Decide, rules);
            await capture.ReadAsync(parsed, "Simulating", (audit, evidence) => simulation.Add(audit, evidence), cancellationToken);
            Report report = SimulationReport.Of(
                chosen.Question,
                simulation,
                null,
                PolicyCommand.Blind(rules, simulation, chosen.Policy),
                simulation.Finish(),
                priced);
            PolicyCommand.Print(report with { Notes = [.. report.Notes, .. chosen.Notes] }, parsed.GetValue(json));
            return ExitCodes.Ran;
        }));
        return command;
    }
}
