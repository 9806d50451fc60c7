using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;

namespace Crowsnest.Core.Tests.Policy;

/// <summary>What the documentation of audit.k8s.io/v1 says of each field, as cases.</summary>
public sealed class AuditPolicyTests
{
    private const string Head = "apiVersion: audit.k8s.io/v1\nkind: Policy\n";

    [Theory]
    // Users, groups and verbs: any of those named, and all of the fields that are.
    [InlineData("users: [jane]", "jane get pods", true)]
    [InlineData("users: [jane]", "joe get pods", false)]
    [InlineData("users: [joe, jane]", "jane get pods", true)]
    [InlineData("users: [Jane]", "jane get pods", false)]
    [InlineData("users: ['*']", "jane get pods", false)]
    [InlineData("users: [jane]", "- get pods", false)]
    [InlineData("users: []", "- get pods", true)]
    [InlineData("userGroups: [dev]", "jane/dev get pods", true)]
    [InlineData("userGroups: [dev]", "jane/ops,dev get pods", true)]
    [InlineData("userGroups: [dev]", "jane/ops get pods", false)]
    [InlineData("userGroups: [dev]", "- get pods", false)]
    [InlineData("userGroups: ['system:*']", "jane/system:nodes get pods", false)]
    [InlineData("users: [jane]\n  userGroups: [dev]", "jane/dev get pods", true)]
    [InlineData("users: [jane]\n  userGroups: [dev]", "jane/ops get pods", false)]
    [InlineData("verbs: [get, list]", "jane list pods", true)]
    [InlineData("verbs: [get, list]", "jane watch pods", false)]
    [InlineData("verbs: ['*']", "jane watch pods", false)]
    [InlineData("verbs: [get]", "jane get /version", true)]
    [InlineData("users: [jane]\n  verbs: [get]", "jane delete pods", false)]
    // Kinds, their parts and their groups.
    [InlineData("resources: [{group: '', resources: [pods]}]", "jane get pods", true)]
    [InlineData("resources: [{resources: [pods]}]", "jane get pods", true)]
    [InlineData("resources: [{group: '', resources: [pods]}]", "jane get pods/log", false)]
    [InlineData("resources: [{group: '', resources: [pods/log]}]", "jane get pods/log", true)]
    [InlineData("resources: [{group: '', resources: [pods/log]}]", "jane get pods", false)]
    [InlineData("resources: [{group: '', resources: [pods/log]}]", "jane get pods/exec", false)]
    [InlineData("resources: [{group: '', resources: ['pods/*']}]", "jane get pods/exec", true)]
    [InlineData("resources: [{group: '', resources: ['pods/*']}]", "jane get pods", true)]
    [InlineData("resources: [{group: '', resources: ['pods/*']}]", "jane get nodes/proxy", false)]
    [InlineData("resources: [{group: '', resources: ['*/status']}]", "jane get pods/status", true)]
    [InlineData("resources: [{group: '', resources: ['*/status']}]", "jane get pods", false)]
    [InlineData("resources: [{group: '', resources: ['*/status']}]", "jane get pods/scale", false)]
    [InlineData("resources: [{group: '', resources: ['*']}]", "jane get pods", true)]
    [InlineData("resources: [{group: '', resources: ['*']}]", "jane get pods/exec", true)]
    [InlineData("resources: [{group: ''}]", "jane get pods/exec", true)]
    [InlineData("resources: [{group: ''}]", "jane get apps:deployments", false)]
    [InlineData("resources: [{group: apps}]", "jane get apps:deployments", true)]
    [InlineData("resources: [{group: apps, resources: [deployments]}]", "jane get extensions:deployments", false)]
    [InlineData("resources: [{group: ''}, {group: apps}]", "jane get apps:deployments/scale", true)]
    [InlineData("resources: [{group: '', resources: [nodes, pods]}]", "jane get pods", true)]
    [InlineData("resources: [{group: '', resources: [pods]}]", "jane get /version", false)]
    // Names.
    [InlineData("resources: [{group: '', resources: [pods], resourceNames: [web]}]", "jane get pods@shop:web", true)]
    [InlineData("resources: [{group: '', resources: [pods], resourceNames: [web]}]", "jane get pods@shop:api", false)]
    [InlineData("resources: [{group: '', resources: [pods], resourceNames: [web]}]", "jane list pods@shop:", false)]
    [InlineData("resources: [{group: '', resources: ['*'], resourceNames: [web]}]", "jane get nodes@:web", true)]
    [InlineData("resources: [{group: '', resources: [pods], resourceNames: ['']}]", "jane list pods@shop:", true)]
    // Namespaces.
    [InlineData("namespaces: [shop]", "jane get pods@shop:web", true)]
    [InlineData("namespaces: [shop]", "jane get pods@pay:web", false)]
    [InlineData("namespaces: [shop]", "jane get nodes@:n1", false)]
    [InlineData("namespaces: ['']", "jane get nodes@:n1", true)]
    [InlineData("namespaces: ['']", "jane list pods@:", true)]
    [InlineData("namespaces: ['']", "jane get pods@shop:web", false)]
    [InlineData("namespaces: ['']", "jane get /version", false)]
    [InlineData("namespaces: ['kube-*']", "jane get pods@kube-system:web", false)]
    [InlineData("namespaces: [shop]\n  resources: [{group: '', resources: [pods]}]", "jane get pods@shop:web", true)]
    [InlineData("namespaces: [shop]\n  resources: [{group: '', resources: [pods]}]", "jane get secrets@shop:web", false)]
    // Paths that are no objects.
    [InlineData("nonResourceURLs: [/version]", "jane get /version", true)]
    [InlineData("nonResourceURLs: [/version]", "jane get /version/", false)]
    [InlineData("nonResourceURLs: [/healthz*]", "jane get /healthz", true)]
    [InlineData("nonResourceURLs: [/healthz*]", "jane get /healthz/etcd", true)]
    [InlineData("nonResourceURLs: [/healthz/*]", "jane get /healthz", false)]
    [InlineData("nonResourceURLs: ['*']", "jane get /anything", true)]
    [InlineData("nonResourceURLs: ['*']", "jane get pods", false)]
    [InlineData("nonResourceURLs: [/api]", "jane get /apis", false)]
    [InlineData("nonResourceURLs: [/Healthz]", "jane get /healthz", false)]
    [InlineData("omitManagedFields: true", "jane get /version", true)]
    public void A_rule_matches_what_it_names(string rule, string request, bool matches)
    {
        AuditPolicy policy = AuditPolicy.Parse($"{Head}rules:\n- level: Metadata\n  {rule}\n");

        Assert.Equal(matches ? AuditLevel.Metadata : AuditLevel.None, policy.Decide(Request(request)).Level);
    }

    [Theory]
    [InlineData("jane get secrets", AuditLevel.Metadata, 1)]
    [InlineData("jane get pods", AuditLevel.RequestResponse, 3)]
    [InlineData("kubelet get pods", AuditLevel.None, 2)]
    [InlineData("kubelet get secrets", AuditLevel.Metadata, 1)]
    [InlineData("jane get apps:deployments", AuditLevel.Request, 4)]
    [InlineData("jane delete apps:deployments", AuditLevel.None, 0)]
    public void The_first_rule_that_matches_decides(string request, AuditLevel level, int rule)
    {
        AuditPolicy policy = AuditPolicy.Parse($$"""
            {{Head}}rules:
            - {level: Metadata, resources: [{group: "", resources: [secrets]}]}
            - {level: None, users: [kubelet]}
            - {level: RequestResponse, resources: [{group: ""}]}
            - {level: Request, verbs: [get]}
            """);

        PolicyDecision decision = policy.Decide(Request(request));

        Assert.Equal((level, rule), (decision.Level, decision.Rule?.Number ?? 0));
    }

    [Theory]
    [InlineData("omitStages: [RequestReceived]", "", AuditStage.RequestReceived, false)]
    [InlineData("omitStages: [RequestReceived]", "", AuditStage.ResponseComplete, true)]
    [InlineData("", "omitStages: [ResponseStarted]", AuditStage.ResponseStarted, false)]
    [InlineData("omitStages: [RequestReceived]", "omitStages: [ResponseStarted]", AuditStage.RequestReceived, false)]
    [InlineData("omitStages: [RequestReceived]", "omitStages: [ResponseStarted]", AuditStage.ResponseStarted, false)]
    [InlineData("omitStages: [RequestReceived]", "omitStages: [ResponseStarted]", AuditStage.Panic, true)]
    public void Stages_are_left_out_by_the_policy_and_by_the_rule(string top, string rule, AuditStage stage, bool logged)
    {
        AuditPolicy policy = AuditPolicy.Parse($"{Head}{top}\nrules:\n- level: Metadata\n  {rule}\n");

        Assert.Equal(logged, policy.Decide(Request("jane get pods")).Logs(stage));
    }

    [Theory]
    [InlineData("", "", false)]
    [InlineData("omitManagedFields: true", "", true)]
    [InlineData("omitManagedFields: true", "omitManagedFields: false", false)]
    [InlineData("omitManagedFields: false", "omitManagedFields: true", true)]
    public void A_rule_overrules_the_policy_on_managed_fields(string top, string rule, bool omitted)
    {
        AuditPolicy policy = AuditPolicy.Parse($"{Head}{top}\nrules:\n- level: Request\n  {rule}\n");

        Assert.Equal(omitted, policy.Decide(Request("jane get pods")).OmitManagedFields);
    }

    [Theory]
    [InlineData("rules:\n- level: Metadata\n  user: [jane]", 5, "no field \"user\"")]
    [InlineData("rules:\n- level: metadata", 4, "no level")]
    [InlineData("rules:\n- users: [jane]", 4, "has no level")]
    [InlineData("rules: []", 1, "at least one rule")]
    [InlineData("omitStages: [Received]\nrules:\n- level: None", 1, "no stage")]
    [InlineData("rules:\n- level: None\n  nonResourceURLs: [version]", 4, "no path")]
    [InlineData("rules:\n- level: None\n  nonResourceURLs: ['/a*b']", 4, "no path")]
    [InlineData("rules:\n- level: None\n  nonResourceURLs: [/a]\n  namespaces: [b]", 4, "both objects and")]
    [InlineData("rules:\n- level: None\n  resources: [{group: '', resourceNames: [a]}]", 5, "need resources")]
    [InlineData("rules:\n- level: None\n  resources: [{group: apps/v1}]", 5, "no API group")]
    [InlineData("rules:\n- level: None\n  omitManagedFields: 'yes'", 5, "true or false")]
    [InlineData("rules:\n- level: None\n  users: jane", 5, "is a list")]
    [InlineData("rules:\n- level: None\n  level: None", 5, "not YAML")]
    public void A_wrong_policy_is_refused_with_its_line(string text, long line, string says)
    {
        PolicyException fault = Assert.Throws<PolicyException>(() => AuditPolicy.Parse(Head + text));

        Assert.Equal(line, fault.Line);
        Assert.Contains(says, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("apiVersion: audit.k8s.io/v1beta1\nkind: Policy\nrules: [{level: None}]")]
    [InlineData("apiVersion: audit.k8s.io/v1\nkind: Event\nrules: [{level: None}]")]
    [InlineData("rules: [{level: None}]")]
    [InlineData("[]")]
    [InlineData("")]
    public void What_is_no_policy_is_refused(string text) => Assert.Throws<PolicyException>(() => AuditPolicy.Parse(text));

    [Fact]
    public void Aliases_that_multiply_are_refused()
    {
        string names = string.Join(',', Enumerable.Range(0, 1000));
        string text = $"{Head}rules:\n- level: None\n  users: &a [{names}]\n"
            + string.Concat(Enumerable.Repeat("- {level: None, users: *a}\n", 300));

        Assert.Contains("values", Assert.Throws<PolicyException>(() => AuditPolicy.Parse(text)).Message, StringComparison.Ordinal);
    }

    // USER[/GROUP,…] VERB PATH or [APIGROUP:]KIND[/PART][@NAMESPACE:NAME]; the user "-" did not authenticate.
    internal static PolicyRequest Request(string text)
    {
        string[] parts = text.Split(' ');
        string[] who = parts[0].Split('/');
        string? user = who[0] == "-" ? null : who[0];
        string[] groups = who.Length > 1 ? who[1].Split(',') : [];
        if (parts[2].StartsWith('/'))
        {
            return new PolicyRequest(user, groups, parts[1], false) { Path = parts[2] };
        }

        string[] place = parts[2].Split('@');
        string[] kind = place[0].Split(':');
        string[] whole = kind[^1].Split('/');
        string[] name = place.Length > 1 ? place[1].Split(':') : ["shop", ""];
        return new PolicyRequest(user, groups, parts[1], true)
        {
            Group = kind.Length > 1 ? kind[0] : "",
            Resource = whole[0],
            Subresource = whole.Length > 1 ? whole[1] : "",
            Namespace = name[0],
            Name = name[1],
        };
    }
}
