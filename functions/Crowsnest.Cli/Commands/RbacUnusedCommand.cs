using System.CommandLine;
using Crowsnest.Azure.Investigation;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest rbac unused</c>: the riskiest powers of a cluster that nobody used.</summary>
internal static class RbacUnusedCommand
{
    private const int Default = 40;

    internal static Command Create()
    {
        Option<int> most = new("--most") { Description = "How many to show.", DefaultValueFactory = static _ => Default };
        Option<bool> json = PolicyCommand.JsonOption();
        CaptureSource capture = new();
        Command command = new("unused", "Lists powers that bindings give and nobody used who holds them, the gravest first.")
        {
            most, json,
        };
        capture.AddTo(command);
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            int shown = parsed.GetRequiredValue(most);
            if (shown <= 0)
            {
                throw new UsageException("--most is 1 or more");
            }

            ClusterPowers powers = new();
            HashSet<RequestKey> seen = [];
            (DateTimeOffset first, DateTimeOffset last) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
            await capture.ReadAsync(
                parsed,
                "Reading",
                (audit, _) =>
                {
                    if (audit.HasOutcome && (audit.AuditId.Length == 0 || seen.Add(RequestKey.Of(audit))))
                    {
                        first = audit.Time < first ? audit.Time : first;
                        last = audit.Time > last ? audit.Time : last;
                        powers.Add(audit);
                    }
                },
                cancellationToken);
            PolicyCommand.Print(Report(powers, shown, first, last), parsed.GetValue(json));
            return ExitCodes.Ran;
        }));
        return command;
    }

    private static Report Report(ClusterPowers powers, int most, DateTimeOffset first, DateTimeOffset last)
    {
        var unused = powers.Unused();
        return new Report(
            "Which powers did nobody use?",
            first,
            last,
            ["capture"],
            [
                new(
                    "unused",
                    "Powers that nobody used who holds them" + (unused.Count > most ? $", {most} of {unused.Count}" : ""),
                    ["risk", "subject", "kind", "seen", "verbs", "resources", "scope", "role", "binding"],
                    [.. unused.Take(most).Select(static one => (IReadOnlyList<object?>)
                    [
                        one.Power.Risk, one.Subject, one.Kind, (long)one.Seen, Joined(one.Power.Verbs), Joined(one.Power.Resources),
                        one.Power.Scope, one.Power.Role, one.Power.Binding,
                    ])]),
            ],
            [
                $"{powers.Principals} principals seen; seen 0 means that nobody to whom the binding gives the power did anything at all",
                "roles and bindings are known as far as they were written, read or used in the capture: what is missing here may be there",
                "what happens once a quarter is not in a week's log",
            ]);
    }

    private static string Joined(IReadOnlyList<string> texts) => string.Join(',', texts);
}
