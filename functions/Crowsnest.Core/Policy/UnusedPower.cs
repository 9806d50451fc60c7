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
    private static readonly string[] Risks =
    [
        "makes itself more powerful", "acts as others", "reads credentials", "runs commands in others' containers",
        "reaches every container of a node", "makes tokens of others", "runs pods under any account of the namespace",
        "gives power away", Wildcard,
    ];

    /// <summary>How grave it is, 0 for the gravest; without a risk it comes last.</summary>
    public int Rank => Risk.Length == 0 ? Risks.Length : Array.IndexOf(Risks, Risk);

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
                    binding, role, scope, ["* but what was used"], rule.Resources, Wildcard));
            }
        }

        return
        [
            .. unused.OrderBy(static one => one.Risk.Length == 0).ThenBy(static one => one.Binding, StringComparer.Ordinal)
                .ThenBy(static one => one.Resources[0], StringComparer.Ordinal),
        ];
    }

    internal static string RiskOf(IReadOnlyList<string> verbs, IReadOnlyList<string> kinds)
    {
        bool Can(string kind, params string[] any) =>
            (kinds.Contains("*") || kinds.Contains(kind)) && (verbs.Contains("*") || verbs.Any(any.Contains));
        return Can("clusterroles", "escalate", "bind") || Can("roles", "escalate", "bind") ? Risks[0]
            : Can("users", "impersonate") || Can("groups", "impersonate") || Can("serviceaccounts", "impersonate") ? Risks[1]
            : Can("secrets", "get", "list", "watch") ? Risks[2]
            : Can("pods/exec", "create", "get") || Can("pods/attach", "create", "get") ? Risks[3]
            : Can("nodes/proxy", "get", "create") ? Risks[4]
            : Can("serviceaccounts/token", "create") ? Risks[5]
            : Can("pods", "create") || Can("deployments", "create", "patch", "update") || Can("daemonsets", "create", "patch", "update")
                || Can("jobs", "create") || Can("cronjobs", "create") ? Risks[6]
            : Can("clusterrolebindings", "create", "update", "patch") || Can("rolebindings", "create", "update", "patch") ? Risks[7]
            : "";
    }
}
