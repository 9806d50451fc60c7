using System.CommandLine;
using Crowsnest.Azure.Investigation;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;

namespace Crowsnest.Cli.Commands;

/// <summary><c>crowsnest rbac least</c>: the roles that a principal needs.</summary>
internal static class RbacCommand
{
    internal static Command Create() => new("rbac", "Says which powers are used, and which are too many.")
    {
        Least(),
        RbacUnusedCommand.Create(),
    };

    private static Command Least()
    {
        Option<string> principal = new("--principal")
        {
            Description = "Who: a user, or system:serviceaccount:NAMESPACE:NAME.",
            Required = true,
        };
        Option<int?> days = new("--days") { Description = "Only what was used in the last days of the capture." };
        Option<bool> json = PolicyCommand.JsonOption();
        CaptureSource capture = new();
        Command command = new("least", "Writes the smallest roles that cover what a principal did, and shows what it holds besides.")
        {
            principal, days, json,
        };
        capture.AddTo(command);
        command.SetAction((parsed, cancellationToken) => StorageSource.GuardAsync(async () =>
        {
            string who = parsed.GetRequiredValue(principal);
            if (parsed.GetValue(days) is <= 0)
            {
                throw new UsageException("--days is 1 or more");
            }

            LeastPrivilege least = new(who);
            RbacState state = new();
            HashSet<RequestKey> seen = [];
            (DateTimeOffset first, DateTimeOffset last) = (DateTimeOffset.MaxValue, DateTimeOffset.MinValue);
            await capture.ReadAsync(
                parsed,
                "Reading",
                (audit, _) =>
                {
                    if (!audit.HasOutcome || (audit.AuditId.Length > 0 && !seen.Add(RequestKey.Of(audit))))
                    {
                        return;
                    }

                    first = audit.Time < first ? audit.Time : first;
                    last = audit.Time > last ? audit.Time : last;
                    least.Add(audit);
                    state.Add(audit);
                    if (audit.Annotation("authorization.k8s.io/decision") == "allow")
                    {
                        UsedPower power = LeastPrivilege.PowerOf(audit);
                        state.AddUse(audit.Annotation("authorization.k8s.io/reason"), power.Verb, power.Group, power.Resource);
                    }
                },
                cancellationToken);
            if (least.Allowed + least.ByDefault + least.Denied.Count == 0)
            {
                throw new UsageException($"the capture has no request of {who}");
            }

            DateTimeOffset since = parsed.GetValue(days) is { } some ? last.AddDays(-some) : DateTimeOffset.MinValue;
            IReadOnlyList<LeastRule> rules = least.Rules(since);
            HashSet<string> subjects = [.. least.Groups, who];
            IReadOnlyList<RoleDiff> diff = RoleDiff.Of(state, subjects, rules);
            IReadOnlyList<UnusedPower> unused = UnusedPower.Of(
                state,
                subjects,
                [.. least.Used.Where(pair => pair.Value >= since).Select(static pair => pair.Key)]);
            if (parsed.GetValue(json))
            {
                PolicyCommand.Print(Report(who, least, rules, unused, diff, first, last), asJson: true);
            }
            else
            {
                await Console.Out.WriteAsync(LeastYaml.Write(who, rules, least, unused, diff).AsMemory(), cancellationToken);
            }

            return ExitCodes.Ran;
        }));
        return command;
    }

    private static Report Report(
        string who,
        LeastPrivilege least,
        IReadOnlyList<LeastRule> rules,
        IReadOnlyList<UnusedPower> unused,
        IReadOnlyList<RoleDiff> diff,
        DateTimeOffset first,
        DateTimeOffset last) => new(
            $"Which powers does {who} need?",
            first,
            last,
            ["capture"],
            [
                new("rules", "What the roles hold", ["namespace", "api_group", "resources", "names", "verbs", "why"],
                    [.. rules.Select(static rule => (IReadOnlyList<object?>)
                        [rule.Namespace, rule.Group, List(rule.Resources), List(rule.Names), List(rule.Verbs), rule.Why])]),
                new("unused", "Held and never used", ["binding", "role", "scope", "verbs", "resources", "risk"],
                    [.. unused.Select(static power => (IReadOnlyList<object?>)
                        [power.Binding, power.Role, power.Scope, List(power.Verbs), List(power.Resources), power.Risk])]),
                new("diff", "Held against needed", ["held", "needed", "verb", "kind", "namespace", "names"],
                    [.. diff.Select(static line => (IReadOnlyList<object?>)
                        [line.IsHeld, line.IsNeeded, line.Verb, line.Kind, line.Scope, line.Names])]),
                new("denied", "Refused", ["verb", "api_group", "resource", "namespace", "name", "requests"],
                    [.. least.Denied.OrderByDescending(static pair => pair.Value).Select(static pair => (IReadOnlyList<object?>)
                    [
                        pair.Key.Power.Verb, pair.Key.Power.Group, pair.Key.Power.Resource, pair.Key.Power.Namespace, pair.Key.Power.Name,
                        (long)pair.Value,
                    ])]),
            ],
            [
                $"{least.Allowed} requests let through, {least.ByDefault} more by what everybody is given, "
                    + $"{least.Denied.Values.Sum()} refused",
            ]);

    private static List<object?> List(IReadOnlyList<string> texts) => [.. texts];
}
