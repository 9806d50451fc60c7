using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Policy;

/// <summary>
/// Which rules a policy leaves blind. Each is asked about the kinds of request that it is for: those of the capture, and those that it
/// names itself in the groups of the API that are known. The requests are a person's, or of the kind of identity that a rule names.
/// </summary>
/// <param name="policy">The policy.</param>
/// <param name="seen">Kinds of request in the capture.</param>
public sealed class RuleSight(AuditPolicy policy, IEnumerable<RequestKind> seen)
{
    // A rule that is for any kind of object is asked about these.
    private static readonly string[] Usual = ["pods", "secrets", "configmaps", "deployments", "clusterrolebindings"];

    // What is set in these is set through their part "scale" as well.
    private static readonly string[] Scaled = ["deployments", "statefulsets", "replicasets", "replicationcontrollers"];
    private static readonly string[] WithScale = ["", "scale"];

    private readonly RequestKind[] _seen = [.. seen];

    /// <summary>Why the rule can't fire under the policy, or only in part; empty when the policy is not in its way.</summary>
    public string Blindness(SigmaRule rule)
    {
        AuditLevel needed = LevelOf(rule);
        SortedDictionary<string, int> reasons = new(StringComparer.Ordinal);
        List<string> kinds = [];
        int asked = 0;
        foreach (RequestKind kind in KindsOf(rule))
        {
            asked++;
            PolicyDecision decision = policy.Decide(RequestOf(rule, kind));
            string by = decision.Rule is { } one ? $"rule {one.Number} of the policy" : "no rule of the policy";
            AuditStage stage = Needs(rule, "responseStatus.code", "401") ? AuditStage.ResponseStarted : AuditStage.ResponseComplete;
            string why = decision.Level < AuditLevel.Metadata ? $"not logged by {by}"
                : !decision.Logs(stage) && !(IsLong(kind) && decision.Logs(AuditStage.ResponseStarted)) ? $"stage {stage} left out by {by}"
                : decision.Level < needed && BodyNeeds.IsRead(rule, kind)
                    ? $"{decision.Level} by {by}, {needed} is needed"
                : "";
            if (why.Length > 0)
            {
                reasons[why] = reasons.GetValueOrDefault(why) + 1;
                kinds.Add(kind.ToString());
            }
        }

        if (kinds.Count == 0)
        {
            return "";
        }

        string first = string.Join(", ", kinds.Take(3)) + (kinds.Count > 3 ? $" and {kinds.Count - 3} more" : "");
        string standIn = rule.Degraded.Length > 0 && reasons.Keys.All(static why => why.Contains(" is needed", StringComparison.Ordinal))
            ? $"; {rule.Degraded} stands in" : "";
        return $"{(kinds.Count == asked ? "blind" : "partly blind")}: {first}: {string.Join("; ", reasons.Keys.Take(3))}{standIn}";
    }

    /// <summary>The level that the rule's events must be logged at.</summary>
    public static AuditLevel LevelOf(SigmaRule rule) =>
        !rule.ReadsBody ? AuditLevel.Metadata
        : rule.Fields.Any(static field => field.StartsWith("responseObject.", StringComparison.Ordinal)) ? AuditLevel.RequestResponse
        : AuditLevel.Request;

    /// <summary>True when a rule may match requests of the kind, whoever sends them.</summary>
    public static bool IsFor(SigmaRule rule, RequestKind kind) => rule.Matcher.CanMatch(Known(kind));

    /// <summary>True when a rule may match requests of the kind that a user sends, or, named by their group, a node.</summary>
    internal static bool IsFor(SigmaRule rule, RequestKind kind, string user)
    {
        PrincipalClass known = user == PowerlessRequests.Nodes ? PrincipalClass.Node : PrincipalClassifier.Classify(user);
        return rule.Matcher.CanMatch(
        [
            .. Known(kind), ("user.username", user.ToLowerInvariant()), ("crowsnest.principal", user.ToLowerInvariant()),
            ("crowsnest.principalClass", known.ToString().ToLowerInvariant()),
        ]);
    }

    /// <summary>True when a rule is for requests whatever they are about: it sees a principal by any other of its requests too.</summary>
    internal static bool IsOfAny(SigmaRule rule) => rule.Resources is null
        && (rule.Matcher.Required("objectRef.subresource")?.Contains("") ?? true);

    /// <summary>The kinds of request that the rule names, in the groups of the API that are known.</summary>
    internal IEnumerable<RequestKind> KindsOf(SigmaRule rule)
    {
        ICollection<string> resources = rule.Resources is { } named ? [.. named] : Usual;
        ICollection<string> verbs = rule.Verbs is { } some ? [.. some] : ["create", "get"];
        ICollection<string>? parts = rule.Matcher.Required("objectRef.subresource") is { Count: > 0 } of ? of : null;
        IEnumerable<RequestKind> own = from resource in resources
                                       from verb in verbs
                                       from part in parts ?? (Scaled.Contains(resource) ? WithScale : [""])
                                       let kind = new RequestKind(verb, GroupOf(resource), resource, part)
                                       where resource.Length > 0 && verb.Length > 0 && !resource.Contains('*') && IsFor(rule, kind)
                                           && (part != "ephemeralcontainers" || resource == "pods")
                                       select kind;
        return own.Concat(_seen.Where(kind => rule.Resources is not null && IsFor(rule, kind))).Distinct();
    }

    // What lasts is logged when it starts as well, refused or not (apiserver, BasicLongRunningRequestCheck).
    private static bool IsLong(RequestKind kind) =>
        kind.Verb == "watch" || kind.Subresource is "exec" or "attach" or "portforward" or "proxy" or "log";

    private static (string Field, string Value)[] Known(RequestKind kind) =>
    [
        ("verb", kind.Verb.ToLowerInvariant()),
        ("objectRef.resource", kind.Resource.ToLowerInvariant()),
        ("objectRef.subresource", kind.Subresource.ToLowerInvariant()),
    ];

    private string GroupOf(string resource) =>
        Array.Find(_seen, kind => kind.Resource == resource) is { Resource.Length: > 0 } kind ? kind.Group : ApiGroups.Of(resource);

    private static PolicyRequest RequestOf(SigmaRule rule, RequestKind kind)
    {
        (string user, string[] groups) = Needs(rule, "crowsnest.principalClass", "anonymous")
            ? ("system:anonymous", ["system:unauthenticated"])
            : Needs(rule, "crowsnest.principalClass", "workloadserviceaccount")
                ? ("system:serviceaccount:default:default",
                    ["system:serviceaccounts", "system:serviceaccounts:default", "system:authenticated"])
                : ("someone", (string[])["system:authenticated"]);
        return new PolicyRequest(user, groups, kind.Verb, kind.Resource.Length > 0)
        {
            Group = kind.Group,
            Resource = kind.Resource,
            Subresource = kind.Subresource,
            Namespace = "default",
            Name = "some",
            Path = kind.Resource.Length > 0 ? "" : "/some",
        };
    }

    private static bool Needs(SigmaRule rule, string field, string value) =>
        rule.Matcher.Required(field) is { Count: 1 } one && one.Contains(value);
}
