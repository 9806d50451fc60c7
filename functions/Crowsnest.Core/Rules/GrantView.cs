using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// One view of the power that a write of a role or binding grants. A dotted path can't ask for a verb and a resource of the
/// same rule; these can.
/// </summary>
/// <param name="Powers">What the rules grant, by name; see <see cref="PowersOf"/>.</param>
/// <param name="Role">Name of the role that a binding refers to, or empty.</param>
/// <param name="Subjects">The subjects that are written.</param>
/// <param name="IsUnfollowed">True when neither the patch nor the answer says what is granted.</param>
internal sealed record GrantView(IReadOnlyList<string> Powers, string Role, IReadOnlyList<JsonElement> Subjects, bool IsUnfollowed = false)
{
    private static readonly GrantView None = new([], "", []);
    private static readonly string[] Writes = ["create", "update", "patch", "delete", "deletecollection"];
    private static readonly string[] Reads = ["get", "list", "watch"];

    private static readonly string[] Workloads =
        ["pods", "deployments", "daemonsets", "statefulsets", "replicasets", "replicationcontrollers", "jobs", "cronjobs"];

    private static readonly string[] Rbac = ["roles", "clusterroles", "rolebindings", "clusterrolebindings"];
    private static readonly string[] Admission =
    [
        "mutatingwebhookconfigurations", "validatingwebhookconfigurations", "mutatingadmissionpolicies",
        "validatingadmissionpolicies",
    ];

    /// <summary>True when the event writes an object that grants power.</summary>
    internal static bool MayCarry(AuditEvent audit) => FieldScope.Grant.Covers(audit);

    internal static GrantView Of(EventView view)
    {
        if (!MayCarry(view.Event))
        {
            return None;
        }

        // A JSON patch may add to one part of a rule, and what it grants stands in the other: the answer has both.
        HashSet<string> powers = new(StringComparer.Ordinal);
        bool isPartial = false;
        foreach (JsonElement rule in view.Request.Items("rules"))
        {
            PowersOf(rule, powers);
            isPartial |= IsPart(rule);
        }

        JsonElement answer = view.Event.ResponseCode < 400 ? view.Response : default;
        if (isPartial)
        {
            foreach (JsonElement rule in answer.Items("rules"))
            {
                PowersOf(rule, powers);
                isPartial = false;
            }
        }

        if (view.Request.Member("aggregationRule").ValueKind == JsonValueKind.Object)
        {
            powers.Add("aggregation");
        }

        // A patch that adds a subject does not repeat the role, which can't change: the answer has it.
        string role = view.Request.Member("roleRef").Text("name");
        role = role.Length > 0 ? role : answer.Member("roleRef").Text("name");
        List<JsonElement> subjects = [.. view.Request.Items("subjects")];
        bool isRoleUnknown = role.Length == 0 && subjects.Exists(static subject => subject.ValueKind == JsonValueKind.Object);
        bool mayBeDone = view.Event.Verb == "patch" && view.Event.ResponseCode < 400;
        return new GrantView([.. powers], role, subjects, mayBeDone && (isPartial || isRoleUnknown));
    }

    // A whole rule has verbs, and what they are for. Of what is removed nothing is left.
    private static bool IsPart(JsonElement rule) =>
        rule.ValueKind == JsonValueKind.Object
        && (rule.Member("verbs").ValueKind == JsonValueKind.Undefined
            || (rule.Member("resources").ValueKind == JsonValueKind.Undefined
                && rule.Member("nonResourceURLs").ValueKind == JsonValueKind.Undefined));

    // A part that a patch leaves out is not known here, and grants nothing by itself.
    private static void PowersOf(JsonElement rule, HashSet<string> powers)
    {
        List<string> verbs = rule.Texts("verbs");
        List<string> resources = rule.Texts("resources");
        bool every = verbs.Contains("*");
        bool all = resources.Contains("*");

        bool May(params string[] wanted) => every || wanted.Any(verbs.Contains);
        bool On(params string[] wanted) => all || wanted.Any(w =>
            resources.Contains(w) || (w.Contains('/', StringComparison.Ordinal) && resources.Contains("*/" + w.Split('/')[1])));
        void Add(bool given, string power)
        {
            if (given)
            {
                powers.Add(power);
            }
        }

        Add(every, "wildcard-verbs");
        Add(all, "wildcard-resources");
        Add(every && all, "wildcard");
        Add(May(Writes), "write");
        Add(On("secrets") && May(Reads), "secrets-read");
        Add(On("serviceaccounts/token") && May("create"), "token-request");
        Add(On("pods/exec", "pods/attach") && May("create", "get"), "pods-exec");
        Add(On("pods/ephemeralcontainers") && May("update", "patch"), "pods-debug");
        Add(On("nodes/proxy") && May("get", "create"), "nodes-proxy");
        Add(On(Workloads) && May("create", "update", "patch"), "workload-write");
        Add(On(Rbac) && May("create", "update", "patch"), "rbac-write");
        Add(On(Admission) && May("create", "update", "patch", "delete"), "admission-write");
        Add(On("certificatesigningrequests/approval") && May("update", "patch"), "certificate-approve");
        Add(On("persistentvolumes") && May("create"), "volume-create");
        Add(verbs.Contains("escalate"), "escalate");
        Add(verbs.Contains("bind"), "bind");
        Add(verbs.Contains("impersonate"), "impersonate");
    }
}
