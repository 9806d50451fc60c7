namespace Crowsnest.Core.Policy;

/// <summary>Powers that a role gives and that were not used.</summary>
/// <param name="Binding">Kind and name of the binding.</param>
/// <param name="Role">Kind and name of the role.</param>
/// <param name="Scope">The namespace in which it holds, or empty for all.</param>
/// <param name="Verbs">The verbs that were not used on the kinds.</param>
/// <param name="Resources">The kinds.</param>
/// <param name="Risk">Why it is grave that somebody holds them, or empty.</param>
public sealed record UnusedPower(
    string Binding, string Role, string Scope, IReadOnlyList<string> Verbs, IReadOnlyList<string> Resources, string Risk)
{
    private const string Wildcard = "a wildcard grants what is yet to be invented";

    // The gravest first: who can do the first of these can do all the others.
    private static readonly (string Risk, string Kinds, string Verbs)[] Grave =
    [
        ("makes itself more powerful", "clusterroles roles", "escalate bind"),
        ("acts as others", "users groups serviceaccounts", "impersonate"),
        ("reads credentials", "secrets", "get list watch"),
        ("runs commands in others' containers", "pods/exec pods/attach", "create get"),
        ("reaches every container of a node", "nodes/proxy", "get create"),
        ("makes tokens of others", "serviceaccounts/token", "create"),
        ("runs pods under any account of the namespace", "pods jobs cronjobs", "create"),
        ("runs pods under any account of the namespace", "deployments daemonsets", "create patch update"),
        ("gives power away", "clusterrolebindings rolebindings", "create update patch"),
    ];

    /// <summary>How grave it is, 0 for the gravest; without a risk it comes last.</summary>
    public int Rank => Risk.Length == 0 ? Grave.Length + 1
        : Array.FindIndex(Grave, one => one.Risk == Risk) is >= 0 and int rank ? rank : Grave.Length;

    /// <summary>The powers of a principal that the log shows and that it did not use, the gravest first.</summary>
    /// <param name="state">What the log shows of roles and bindings.</param>
    /// <param name="subjects">The principal and its groups.</param>
    /// <param name="used">What was used.</param>
    public static IReadOnlyList<UnusedPower> Of(RbacState state, IReadOnlySet<string> subjects, IReadOnlyCollection<UsedPower> used)
    {
        List<UnusedPower> unused = [];
        foreach ((string binding, string role, string scope, RbacRule rule) in state.RulesOf(subjects))
        {
            bool IsUsed(string verb, string resource) => used.Any(power => (verb == "*" || verb == power.Verb)
                && (scope.Length == 0 || scope == power.Namespace)
                && (rule with { Resources = [resource] }).Covers(power.Group, power.Resource, power.Name));
            foreach (var group in rule.Resources
                .Select(resource => (resource, Verbs: string.Join(',', rule.Verbs.Where(verb => !IsUsed(verb, resource)))))
                .Where(static one => one.Verbs.Length > 0).GroupBy(static one => one.Verbs))
            {
                string[] verbs = group.Key.Split(',');
                string[] kinds = [.. group.Select(static one => one.resource)];
                unused.Add(new(binding, role, scope, verbs, kinds, RiskOf(verbs, kinds)));
            }

            if (rule.Verbs.Contains("*") || rule.Resources.Contains("*"))
            {
                unused.Add(new(
                    binding, role, scope, ["* but what was used"], rule.Resources, WildcardRisk(rule, IsUsed)));
            }
        }

        return
        [
            .. unused.OrderBy(static one => one.Rank).ThenBy(static one => one.Binding, StringComparer.Ordinal)
                .ThenBy(static one => one.Resources[0], StringComparer.Ordinal),
        ];
    }

    internal static string RiskOf(IReadOnlyList<string> verbs, IReadOnlyList<string> kinds) =>
        Array.Find(Grave, one => (kinds.Contains("*") || one.Kinds.Split(' ').Any(kinds.Contains))
            && (verbs.Contains("*") || one.Verbs.Split(' ').Any(verbs.Contains))).Risk ?? "";

    // The gravest of what it covers and nobody did.
    private static string WildcardRisk(RbacRule rule, Func<string, string, bool> isUsed) =>
        Array.Find(Grave, one => one.Kinds.Split(' ').Any(kind => rule.Covers(null, kind, "")
            && one.Verbs.Split(' ').Any(verb => (rule.Verbs.Contains("*") || rule.Verbs.Contains(verb)) && !isUsed(verb, kind)))).Risk
            ?? Wildcard;
}
