using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Policy;

public sealed class RbacStateTests
{
    private const string Group = "rbac.authorization.k8s.io";

    private readonly RbacState _state = new();

    [Theory]
    [InlineData("""{"apiGroups":[""],"resources":["secrets"],"verbs":["get","list"]}""", "get,list")]
    [InlineData("""{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}""", "*")]
    [InlineData("""{"apiGroups":[""],"resources":["secrets"],"resourceNames":["db"],"verbs":["get"]}""", "get")]
    [InlineData("""{"apiGroups":[""],"resources":["secrets"],"resourceNames":["other"],"verbs":["get"]}""", null)]
    [InlineData("""{"apiGroups":["apps"],"resources":["secrets"],"verbs":["get"]}""", null)]
    [InlineData("""{"apiGroups":[""],"resources":["pods"],"verbs":["get"]}""", null)]
    [InlineData("""{"nonResourceURLs":["*"],"verbs":["get"]}""", null)]
    public void A_rule_covers_what_it_names(string rule, string? verbs)
    {
        Write("create", "clusterroles", "", "r", $$"""{"metadata":{"name":"r"},"rules":[{{rule}}]}""");
        Bind("clusterrolebindings", "", "ClusterRole", "r", """{"kind":"User","name":"eve"}""");

        RbacGrant? grant = Find("eve");

        Assert.Equal(verbs, grant is null ? null : string.Join(',', grant.Verbs));
    }

    [Fact]
    public void A_binding_of_a_namespace_holds_there_alone()
    {
        Write("create", "clusterroles", "", "r", """{"metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]}""");
        Bind("rolebindings", "shop", "ClusterRole", "r", """{"kind":"ServiceAccount","name":"web"}""");

        Assert.Contains(_state.WhoCan("", "secrets", "shop", "db"), static grant => grant.Subject == "system:serviceaccount:shop:web");
        Assert.DoesNotContain(_state.WhoCan("", "secrets", "other", "db"), static grant => grant.Subject == "system:serviceaccount:shop:web");
    }

    [Fact]
    public void What_is_deleted_refused_or_tried_grants_nothing()
    {
        Write("create", "clusterroles", "", "r", """{"metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["secrets"],"verbs":["get"]}]}""");
        Bind("clusterrolebindings", "", "ClusterRole", "r", """{"kind":"User","name":"eve"}""");
        Assert.NotNull(Find("eve"));

        _state.Add(Event("delete", "clusterrolebindings", "", "b", null));
        Assert.Null(Find("eve"));
        _state.Add(Event("create", "clusterrolebindings", "", "b", Binding("ClusterRole", "r", """{"kind":"User","name":"eve"}"""), code: 403));
        Assert.Null(Find("eve"));
        _state.Add(Event("create", "clusterrolebindings", "", "b", Binding("ClusterRole", "r", """{"kind":"User","name":"eve"}"""), uri: "?dryRun=All"));
        Assert.Null(Find("eve"));
    }

    [Fact]
    public void What_the_authorizer_says_shows_grants_that_were_never_written()
    {
        _state.AddUse("""RBAC: allowed by RoleBinding "read/shop" of Role "reader" to ServiceAccount "web/shop" """.Trim(), "get", "", "secrets");
        _state.AddUse("""RBAC: allowed by ClusterRoleBinding "admins" of ClusterRole "cluster-admin" to Group "ops" """.Trim(), "list", "", "pods");
        _state.AddUse("somebody wrote this: RBAC: allowed by magic", "get", "", "secrets");

        RbacGrant used = Find("system:serviceaccount:shop:web")!;
        Assert.Equal(("RoleBinding read", "Role reader", "shop"), (used.Binding, used.Role, used.Scope));
        Assert.Equal(["get"], used.Verbs);
        Assert.Equal(["*"], Find("ops")!.Verbs);
        Assert.Equal(["ops", "system:masters", "system:serviceaccount:shop:web"], _state.WhoCan("", "secrets", "shop", "db").Select(static one => one.Subject));
    }

    private RbacGrant? Find(string subject) => _state.WhoCan("", "secrets", "shop", "db").FirstOrDefault(grant => grant.Subject == subject);

    private static string Binding(string kind, string role, string subject) =>
        $$"""{"metadata":{"name":"b"},"roleRef":{"kind":"{{kind}}","name":"{{role}}"},"subjects":[{{subject}}]}""";

    private void Bind(string resource, string inNamespace, string kind, string role, string subject) =>
        Write("create", resource, inNamespace, "b", Binding(kind, role, subject));

    private void Write(string verb, string resource, string inNamespace, string name, string body) =>
        _state.Add(Event(verb, resource, inNamespace, name, body));

    private static AuditEvent Event(
        string verb, string resource, string inNamespace, string name, string? body, int code = 201, string uri = "")
    {
        EventJson json = new()
        {
            Verb = verb,
            Resource = resource,
            ApiGroup = Group,
            Namespace = inNamespace,
            Name = name,
            RequestObject = body,
            Code = code,
            RequestUri = $"/apis/{Group}/v1/{resource}{uri}",
        };
        Assert.Equal(
            AuditParseStatus.Parsed,
            new AuditEventParser().Parse(Encoding.UTF8.GetBytes(json.ToString()), "c", default, out AuditEvent? audit));
        return audit!;
    }
}
