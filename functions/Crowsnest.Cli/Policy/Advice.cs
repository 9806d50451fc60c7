using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Policy;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Cli.Policy;

/// <summary>An advised policy, and what simulating it showed.</summary>
internal sealed class Advice
{
    private const double GB = 1e9;

    // Each round keeps what was found missing in the one before.
    private const int MostRounds = 4;

    private Advice(PolicyAdvisor advisor, IReadOnlyList<AdvisedRule> rules, AuditPolicy policy, PolicySimulation simulation)
        => (Advisor, Rules, Policy, Simulation) = (advisor, rules, policy, simulation);

    internal PolicyAdvisor Advisor { get; }

    internal IReadOnlyList<AdvisedRule> Rules { get; }

    internal AuditPolicy Policy { get; }

    internal PolicySimulation Simulation { get; }

    /// <summary>Whose requests are not dropped since something was found in them.</summary>
    internal IReadOnlyList<string> Needed { get; private init; } = [];

    /// <summary>Whether what was found is the same.</summary>
    internal IReadOnlyList<AdviceCheck> Checks { get; private init; } = [];

    /// <summary>True when some requests are not logged at all.</summary>
    internal bool Drops => Rules.Any(static one => one.Rule.Level == AuditLevel.None);

    /// <summary>Looks for the cheapest policy.</summary>
    /// <param name="read">Reads the capture; it is read more than once.</param>
    /// <param name="rules">All rules.</param>
    /// <param name="kept">Those that must see.</param>
    /// <param name="model">The model to judge by, or null.</param>
    /// <param name="keepsModel">Whether the model's features must stay.</param>
    /// <param name="mayDrop">Whether events may be dropped that rules and model are given by no more than a rhythm.</param>
    /// <param name="budget">GB a day above which events are dropped, or null to drop all that may be.</param>
    internal static async Task<Advice> OfAsync(
        Func<string, Action<AuditEvent, Evidence>, Task> read,
        RuleSet rules,
        KeptRules kept,
        AnomalyModel? model,
        bool keepsModel,
        bool mayDrop,
        double? budget)
    {
        PolicyAdvisor advisor = new(kept.Rules, keepsModel);
        await read("Reading", (audit, _) => advisor.Add(audit));
        HashSet<string> drop = new(StringComparer.Ordinal);
        if (mayDrop && budget is null)
        {
            drop.UnionWith(advisor.Droppable.Select(static one => one.Principal));
        }

        List<string> needed = [];
        for (int round = 1; ; round++)
        {
            IReadOnlyList<AdvisedRule> advised = advisor.Advise(drop);
            AuditPolicy policy = AuditPolicy.Parse(AdviceYaml.Write(advised, [], null));
            PolicySimulation simulation = PolicySimulation.Of(policy, rules, model);
            await read("Simulating", (audit, evidence) => simulation.Add(audit, evidence));

            HashSet<string> missed = MissedOf(simulation, advised, drop);
            HashSet<string> more = mayDrop && budget is { } most ? MoreOf(advisor, simulation, drop, needed, most) : [];
            if (round == MostRounds || missed.Count + more.Count == 0)
            {
                (IReadOnlyList<Detection> before, IReadOnlyList<Detection> after, _) = simulation.Finish();
                bool IsKept(Detection one) => one.Source == DetectionSource.Model ? keepsModel : kept.Ids.Contains(one.Rule.Id);
                return new(advisor, advised, policy, simulation)
                {
                    Needed = needed,
                    Checks = AdviceCheck.Of([.. before.Where(IsKept)], [.. after.Where(IsKept)]),
                };
            }

            needed.AddRange(missed);
            drop.ExceptWith(missed);
            drop.UnionWith(more);
        }
    }

    // Something is found in what they do: it stays in the log.
    private static HashSet<string> MissedOf(PolicySimulation simulation, IReadOnlyList<AdvisedRule> advised, HashSet<string> drop) =>
    [
        .. simulation.Dropped.Keys.Where(key => key.Rule > 0 && advised[key.Rule - 1].Rule is { Level: AuditLevel.None } rule
            && rule.Users.Count + rule.UserGroups.Count > 0)
            .SelectMany(key => advised[key.Rule - 1].Rule.UserGroups.Append(key.Principal)).Where(drop.Contains),
    ];

    private static HashSet<string> MoreOf(
        PolicyAdvisor advisor, PolicySimulation simulation, HashSet<string> drop, List<string> needed, double budget)
    {
        double over = (simulation.Total.BytesLeft / simulation.Days) - (budget * GB);
        HashSet<string> more = [];
        foreach ((string principal, long bytes) in advisor.Droppable
            .Where(one => !drop.Contains(one.Principal) && !needed.Contains(one.Principal)))
        {
            if (over <= 0)
            {
                break;
            }

            more.Add(principal);
            over -= bytes / simulation.Days;
        }

        return more;
    }
}
