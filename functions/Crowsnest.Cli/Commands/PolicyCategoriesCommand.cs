using System.CommandLine;
using Crowsnest.Azure.Investigation;
using Crowsnest.Cli.Policy;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;
using Crowsnest.Core.Rules;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest policy categories</c>: what AKS's smaller log category would leave of a capture.</summary>
internal static class PolicyCategoriesCommand
{
    // A data collection rule's transformation of the table that resource-specific logs go to.
    private const string Transformation = "source | where Verb !in ('get', 'list', 'watch')";

    internal static Command Create()
    {
        CaptureSource capture = new();
        Option<DirectoryInfo?> folder = RulesCommand.Folder();
        Option<FileInfo?> prices = PolicyCommand.PricesOption();
        Option<bool> json = PolicyCommand.JsonOption();
        const string Description = "Compares AKS's log categories kube-audit and kube-audit-admin (no get, list and watch) on a capture.";
        Command command = new("categories", Description) { folder, prices, json };
        capture.AddTo(command);
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            Prices priced = Prices.Load(parsed.GetValue(prices));
            RuleSet rules = RuleSource.Load(parsed.GetValue(folder));
            PolicySimulation simulation = new(Decide, rules);
            await capture.ReadAsync(parsed, "Simulating", (audit, evidence) => simulation.Add(audit, evidence), cancellationToken);
            Report report = SimulationReport.Of(
                "What would kube-audit-admin leave of kube-audit?",
                simulation,
                null,
                PolicyCommand.Blind(rules, simulation, null),
                simulation.Finish(),
                priced);
            PolicyCommand.Print(
                report with
                {
                    Notes =
                    [
                        .. report.Notes,
                        $"to send kube-audit to the hub and drop reads from Log Analytics alone, transform AKSAudit with: {Transformation}",
                    ],
                },
                parsed.GetValue(json));
            return ExitCodes.Ran;
        }));
        return command;
    }

    private static PolicyDecision Decide(AuditEvent audit, PolicyRequest request) =>
        new(null, request.Verb is "get" or "list" or "watch" ? AuditLevel.None : audit.Level, [], false);
}
