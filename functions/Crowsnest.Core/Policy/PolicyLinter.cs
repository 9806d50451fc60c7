using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>
/// Finds what is wrong with a policy without any log: rules that never match, credentials in bodies, acts that are not logged.
/// </summary>
public static class PolicyLinter
{
    // Acts without which no attack can be told: they are asked about as a person's.
    private static readonly (RequestKind Kind, string Why)[] Needed =
    [
        (new("create", "", "pods", "exec"), "commands in containers"),
        (new("get", "", "pods", "exec"), "commands in containers, by WebSocket"),
        (new("create", "", "pods", "attach"), "what is typed into containers"),
        (new("create", "", "pods", "portforward"), "tunnels into pods"),
        (new("create", "", "nodes", "proxy"), "the kubelet's API behind the server"),
        (new("create", "", "serviceaccounts", "token"), "tokens that are made"),
        (new("get", "", "secrets", ""), "secrets that are read"),
        (new("list", "", "secrets", ""), "secrets that are read"),
        (new("create", "rbac.authorization.k8s.io", "clusterrolebindings", ""), "power that is given away"),
        (new("create", "rbac.authorization.k8s.io", "rolebindings", ""), "power that is given away"),
        (new("create", "certificates.k8s.io", "certificatesigningrequests", ""), "certificates that are asked for"),
        (new("delete", "", "events", ""), "traces that are removed"),
        (new("create", "", "pods", ""), "what is run"),
        (new("create", "admissionregistration.k8s.io", "mutatingwebhookconfigurations", ""), "who may change every object"),
    ];

    /// <summary>What there is to say, in order of lines.</summary>
    public static IReadOnlyList<PolicyNote> Lint(AuditPolicy policy) =>
    [
        .. Wildcards(policy).Concat(Shadows(policy)).Concat(Secrets(policy)).Concat(Unlogged(policy)).Concat(Advice(policy))
            .OrderBy(static note => note.Line).ThenByDescending(static note => note.IsFault)
            .ThenBy(static note => note.Message, StringComparer.Ordinal),
    ];

    // Only kinds and paths have wildcards: elsewhere a star is a name that nobody has.
    private static IEnumerable<PolicyNote> Wildcards(AuditPolicy policy)
    {
        foreach (PolicyRule rule in policy.Rules)
        {
            (string Field, IEnumerable<string> Values)[] fields =
            [
                ("users", rule.Users), ("userGroups", rule.UserGroups), ("verbs", rule.Verbs), ("namespaces", rule.Namespaces),
                ("resourceNames", rule.Resources.SelectMany(static one => one.Names)),
            ];
            foreach ((string field, IEnumerable<string> values) in fields)
            {
                if (values.FirstOrDefault(static value => value.Contains('*')) is { } star)
                {
                    yield return new(rule.Line, rule.Number, true,
                        $"{field} has no wildcards: \"{star}\" matches nothing; leave {field} out for all");
                }
            }

            if (rule.Verbs.FirstOrDefault(static verb => verb.Any(char.IsUpper)) is { } upper)
            {
                yield return new(rule.Line, rule.Number, true, $"verbs are in lower case: \"{upper}\" matches nothing");
            }

            if (rule.Resources.SelectMany(static one => one.Resources).FirstOrDefault(static kind => kind.Any(char.IsUpper)) is { } kind)
            {
                yield return new(rule.Line, rule.Number, true,
                    $"resources are in lower case and the plural: \"{kind}\" matches nothing");
            }
        }
    }

    private static IEnumerable<PolicyNote> Shadows(AuditPolicy policy)
    {
        for (int i = 1; i < policy.Rules.Count; i++)
        {
            PolicyRule rule = policy.Rules[i];
            if (policy.Rules.Take(i).FirstOrDefault(earlier => RuleCover.Covers(earlier, rule)) is { } cover)
            {
                string by = $"never matches: rule {cover.Number} (line {cover.Line}) takes all of it before";
                yield return new(rule.Line, rule.Number, true, cover.Level == rule.Level ? $"{by}, at the same level; leave it out"
                    : $"{by}, at {cover.Level}; put this one first");
            }
        }
    }

    private static IEnumerable<PolicyNote> Secrets(AuditPolicy policy)
    {
        foreach (var group in SecretBodies.All
            .Select(one => (Kind: new RequestKind(one.Verb, one.Group, one.Resource, one.Subresource), one.What, one.From))
            .Select(one => (one.Kind, one.What, Decision: policy.Decide(Asked(one.Kind)), one.From))
            .Where(static one => one.Decision.Rule is not null && one.Decision.Level >= one.From)
            .GroupBy(static one => (one.Decision.Rule, one.Kind.Resource, one.What)))
        {
            PolicyRule rule = group.Key.Rule!;
            string kinds = string.Join(", ", group.Select(static one => one.Kind.ToString()));
            yield return new(rule.Line, rule.Number, true,
                $"{rule.Level} puts {group.Key.What} into the log: {kinds}; put a rule at Metadata for {group.Key.Resource} before it");
        }
    }

    private static IEnumerable<PolicyNote> Unlogged(AuditPolicy policy)
    {
        foreach ((RequestKind kind, string why) in Needed)
        {
            PolicyDecision decision = policy.Decide(Asked(kind));
            if (!decision.Logs(AuditStage.ResponseComplete))
            {
                string by = decision.Rule is null ? "no rule matches" : decision.Level == AuditLevel.None ? "level None"
                    : "ResponseComplete is left out";
                yield return new(decision.Rule?.Line ?? 0, decision.Rule?.Number ?? 0, true, $"{kind} is not logged ({by}): {why}");
            }
        }

        PolicyDecision failed = policy.Decide(new PolicyRequest(null, [], "get", true) { Resource = "pods", Namespace = "default" });
        if (failed.Level >= AuditLevel.Metadata && !failed.Logs(AuditStage.ResponseStarted))
        {
            yield return new(failed.Rule!.Line, failed.Rule.Number, true,
                "requests with a wrong credential are not logged: they have the stage ResponseStarted alone, which is left out");
        }
    }

    private static IEnumerable<PolicyNote> Advice(AuditPolicy policy)
    {
        if (policy.Rules.Any(rule => rule.Level != AuditLevel.None && !rule.OmitStages.Contains(AuditStage.RequestReceived)))
        {
            yield return new(0, 0, false,
                "RequestReceived is logged: it says nothing that the later stages do not; omitStages: [RequestReceived]");
        }

        if (!policy.OmitManagedFields
            && policy.Rules.Any(static rule => rule.Level >= AuditLevel.Request && rule.OmitManagedFields is null))
        {
            yield return new(0, 0, false,
                "managedFields are logged with every body and no rule that ships reads them; omitManagedFields: true (Kubernetes 1.24)");
        }

        PolicyRule last = policy.Rules[^1];
        if (!last.IsOfAll || last.Users.Count + last.UserGroups.Count + last.Verbs.Count > 0)
        {
            yield return new(last.Line, last.Number, false, "what no rule matches is not logged; end with a rule that has a level alone");
        }
    }

    private static PolicyRequest Asked(RequestKind kind) => new("someone", ["system:authenticated"], kind.Verb, true)
    {
        Group = kind.Group,
        Resource = kind.Resource,
        Subresource = kind.Subresource,
        Namespace = kind.Resource is "nodes" or "clusterrolebindings" or "certificatesigningrequests" or "mutatingwebhookconfigurations"
            ? "" : "default",
        Name = kind.Verb is "list" or "create" && kind.Subresource.Length == 0 ? "" : "some",
    };
}
