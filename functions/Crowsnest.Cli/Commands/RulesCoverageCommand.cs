using System.CommandLine;
using Crowsnest.Core.Rules;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest rules coverage [FILE…]</c>: what the rules cover, and what they would have done with a capture.</summary>
internal static class RulesCoverageCommand
{
    internal static Command Create()
    {
        Argument<FileInfo[]> files = new("FILE")
        {
            Description = "A capture: shows how often each rule would have fired on it, and which are blind.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<DirectoryInfo?> folder = RulesCommand.Folder();
        Command command = new("coverage", "Shows the ATT&CK and Microsoft matrices, the field's behaviours, and a replay.")
        {
            files,
            folder,
        };
        command.SetAction((parsed, cancellationToken) => ExitCodes.GuardAsync(async () =>
        {
            RuleSet rules = RuleSource.Load(parsed.GetValue(folder));
            if (parsed.GetValue(files) is { Length: > 0 } captures)
            {
                await ReplayAsync(rules, captures, cancellationToken);
            }
            else
            {
                PrintMatrices(rules);
                PrintBehaviours(rules);
            }

            return ExitCodes.Ran;
        }));
        return command;
    }

    private static void PrintMatrices(RuleSet rules)
    {
        Console.WriteLine("ATT&CK (version 18): tactic, technique, rules");
        foreach (string tactic in AttackCatalogue.AllTactics)
        {
            var techniques = rules.Rules.Where(rule => rule.Tactics.Contains(tactic))
                .SelectMany(rule => rule.Techniques
                    .Where(t => AttackCatalogue.Tactics(t).Contains(tactic)).Select(t => (Technique: t, rule.Label)))
                .GroupBy(static pair => pair.Technique).OrderBy(static group => group.Key, StringComparer.Ordinal);
            foreach (var technique in techniques)
            {
                string labels = string.Join(", ", technique.Select(static pair => pair.Label).Order(StringComparer.Ordinal));
                Console.WriteLine($"  {tactic,-22}{technique.Key,-11}{AttackCatalogue.Name(technique.Key),-44}{labels}");
            }
        }

        Console.WriteLine();
        Console.WriteLine("Microsoft threat matrix for Kubernetes: technique, rules");
        foreach ((string id, string name) in ThreatMatrix.Techniques)
        {
            string[] served =
            [
                .. rules.Rules.Where(rule => rule.ThreatMatrix.Contains(id)).Select(static rule => rule.Label)
                    .Order(StringComparer.Ordinal),
            ];
            Console.WriteLine($"  {id}  {name,-46}{(served.Length == 0 ? "-" : string.Join(", ", served))}");
        }

        Console.WriteLine();
    }

    private static void PrintBehaviours(RuleSet rules)
    {
        IReadOnlyList<Behaviour> behaviours = BehaviourCatalogue.Read(File.ReadAllText(Path.Combine(RuleSource.Shipped, "behaviours.yml")));
        int byRules = 0, others = 0, none = 0, open = 0;
        Console.WriteLine("Behaviours that the field detects: row, what, served by");
        foreach (Behaviour behaviour in behaviours)
        {
            string[] served =
            [
                .. rules.Rules.Where(rule => rule.Rows.Contains(behaviour.Row)).Select(static rule => rule.Label)
                    .Concat(rules.Correlations.Where(rule => rule.Rows.Contains(behaviour.Row)).Select(static rule => rule.Name))
                    .Order(StringComparer.Ordinal),
            ];
            string by = behaviour.Service switch
            {
                BehaviourService.Rules or BehaviourService.Correlation when served.Length > 0 => string.Join(", ", served),
                BehaviourService.Rules => "OPEN: no rule serves it",
                BehaviourService.NotApplicable => $"not applicable: {behaviour.Remark}",
                _ => behaviour.Remark,
            };
            Console.WriteLine($"  {behaviour.Row,3}  {behaviour.Name,-66}{by}");
            byRules += behaviour.Service == BehaviourService.Rules && served.Length > 0 ? 1 : 0;
            open += behaviour.Service == BehaviourService.Rules && served.Length == 0 ? 1 : 0;
            others += behaviour.Service is BehaviourService.Correlation or BehaviourService.Model ? 1 : 0;
            none += behaviour.Service == BehaviourService.NotApplicable ? 1 : 0;
        }

        Console.WriteLine(
            $"{behaviours.Count} behaviours: {byRules} served by rules, "
            + $"{others} by correlations, incidents or the model, {none} not applicable, {open} open");
    }

    private static async Task ReplayAsync(RuleSet rules, FileInfo[] captures, CancellationToken cancellationToken)
    {
        CaptureCoverage coverage = new(rules);
        await new InputReader("default").ReadRequestsAsync(captures, "Replaying", coverage.Add, cancellationToken);
        Console.WriteLine(
            $"{Terminal.Number(coverage.Requests)} requests on {coverage.Days} days, {Terminal.Number(coverage.Reads)} of them get or list"
            + (coverage.Reads == 0 ? ": this is kube-audit-admin, or reads were filtered out" : ""));
        Console.WriteLine($"{"level",-14}{"rule",-36}{"fired",8}{"a day",9}{"principals",12}  remark");
        foreach (SigmaRule rule in rules.Rules
            .OrderByDescending(static rule => rule.Severity).ThenByDescending(rule => coverage.Fired(rule).Events)
            .ThenBy(static rule => rule.File, StringComparer.Ordinal))
        {
            (int events, int principals) = coverage.Fired(rule);
            string daily = Terminal.Number(events / (double)Math.Max(1, coverage.Days));
            string line = $"{rule.Severity,-14}{rule.Label,-36}{Terminal.Number(events),8}{daily,9}{principals,12}  "
                + coverage.Blindness(rule);
            Console.WriteLine(line.TrimEnd());
        }
    }
}
