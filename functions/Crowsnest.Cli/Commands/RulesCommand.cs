using System.CommandLine;
using Crowsnest.Core.Correlation;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest rules list|lint|test|coverage</c>.</summary>
internal static class RulesCommand
{
    internal static Command Create() => new("rules", "Lists, checks and tries rules, and shows what they cover.")
    {
        List(),
        Lint(),
        Test(),
        RulesCoverageCommand.Create(),
    };

    internal static Option<DirectoryInfo?> Folder() =>
        new("--rules") { Description = "Folder of Sigma rules. Default: the rules that ship." };

    private static Command List()
    {
        Option<DirectoryInfo?> folder = Folder();
        Command command = new("list", "Lists rules and correlations, the gravest first.") { folder };
        command.SetAction((parsed, _) => ExitCodes.GuardAsync(() =>
        {
            RuleSet rules = RuleSource.Load(parsed.GetValue(folder));
            IEnumerable<(Severity Severity, RuleReference Reference, IReadOnlyList<string> Techniques, string Remark)> lines =
            [
                .. rules.Rules.Select(rule => (rule.Severity, rule.Reference, rule.Techniques,
                    rule.IsOff ? $"  (off: fill {string.Join(", ", rule.Requires)})"
                        : rules.IsSilent(rule) ? "  (for correlations only)" : "")),
                .. rules.Correlations.Select(static rule => (rule.Severity, rule.Reference, rule.Techniques, "  (correlation)")),
            ];
            foreach (var (severity, reference, techniques, remark) in lines.OrderByDescending(static line => line.Severity)
                .ThenBy(static line => line.Reference.Title, StringComparer.Ordinal))
            {
                Console.WriteLine($"{severity,-14}{reference.Id}  {string.Join(',', techniques),-22}{reference.Title}{remark}");
            }

            return Task.FromResult(ExitCodes.Ran);
        }));
        return command;
    }

    private static Command Lint()
    {
        Option<DirectoryInfo?> folder = Folder();
        CaptureSource capture = new();
        Command command = new(
            "lint",
            "Checks rules: errors leave a rule out, warnings say that it can't match as written. With audit events it tells which entries "
            + "about known operators never match there. Exit 1 on errors.")
        {
            folder,
        };
        capture.AddTo(command);
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            RuleSet rules = RuleSet.Load(RuleSource.Read(parsed.GetValue(folder)));
            foreach (RuleError error in rules.Errors)
            {
                Console.WriteLine($"{error.File}:{error.Line}: error: {error.Message}");
            }

            List<RuleNote> notes = [.. rules.Rules.SelectMany(static rule => rule.Notes)];
            notes.AddRange(rules.Rules
                .Where(rule => rule.Severity > Severity.Informational && rules.IsSilent(rule))
                .Select(static rule => new RuleNote(
                    rule.File,
                    1,
                    IsWarning: true,
                    "makes no detections, because a correlation names it; say 'generate: true' there to keep them")));
            foreach (RuleNote note in notes.OrderBy(static note => note.File, StringComparer.Ordinal).ThenBy(static note => note.Line))
            {
                Console.WriteLine($"{note.File}:{note.Line}: {(note.IsWarning ? "warning" : "advice")}: {note.Message}");
            }

            if (capture.IsGiven(parsed))
            {
                OperatorUse use = new(rules.Operators);
                await capture.ReadAsync(parsed, "Reading", (audit, _) => use.Hear(audit), cancellationToken);
                foreach ((string name, string why) in use.NeverMatched())
                {
                    Terminal.Print($"operators: advice: {name}: {why}");
                }
            }

            Terminal.Say(
                $"{rules.Rules.Count} rules and {rules.Correlations.Count} correlations load; "
                + $"{rules.Errors.Count} errors, {notes.Count(static note => note.IsWarning)} warnings, "
                + $"{notes.Count(static note => !note.IsWarning)} pieces of advice");
            return rules.Errors.Count == 0 ? ExitCodes.Ran : ExitCodes.BelowGate;
        }));
        return command;
    }

    private static Command Test()
    {
        Option<DirectoryInfo?> folder = Folder();
        Command command = new(
            "test",
            "Runs each rule against the events beside it (NAME.test.jsonl), correlations against sequences (NAME.sequence.jsonl). "
            + "Exit 1 when one fails.")
        {
            folder,
        };
        command.SetAction((parsed, _) => ExitCodes.GuardAsync(() => Task.FromResult(RunTests(parsed.GetValue(folder)))));
        return command;
    }

    private static int RunTests(DirectoryInfo? folder)
    {
        IReadOnlyList<(string Name, string Yaml)> files = RuleSource.Read(folder);
        RuleSet rules = RuleSet.Load(files);
        RuleTester tester = new(files);
        CorrelationTester sequences = new(rules);
        int failed = 0;
        string place = folder?.FullName ?? RuleSource.Shipped;
        IEnumerable<(string File, IReadOnlyList<string> Faults)> results = rules.Rules
            .Select(rule => (rule.File, Try(place, rule.File, ".test.jsonl", lines => tester.Run(rule.Reference.Id, lines))))
            .Concat(rules.Correlations.Select(rule => (
                rule.File, Try(place, rule.File, ".sequence.jsonl", lines => sequences.Run(rule.Reference.Id, lines)))));
        foreach ((string file, IReadOnlyList<string> faults) in results.OrderBy(static result => result.File, StringComparer.Ordinal))
        {
            failed += faults.Count > 0 ? 1 : 0;
            foreach (string fault in faults)
            {
                Console.WriteLine($"{file}: {fault}");
            }
        }

        foreach (RuleError error in rules.Errors)
        {
            Console.WriteLine($"{error.File}:{error.Line}: {error.Message}");
        }

        Terminal.Say($"{rules.Rules.Count + rules.Correlations.Count - failed} rules pass, {failed + rules.Errors.Count} fail");
        return failed + rules.Errors.Count == 0 ? ExitCodes.Ran : ExitCodes.BelowGate;
    }

    private static IReadOnlyList<string> Try(
        string place, string rule, string extension, Func<IEnumerable<string>, IReadOnlyList<string>> run)
    {
        string path = Path.Combine(place, Path.ChangeExtension(rule, extension));
        return File.Exists(path) ? run(File.ReadLines(path)) : [$"has no tests; put some into {Path.GetFileName(path)}"];
    }
}
