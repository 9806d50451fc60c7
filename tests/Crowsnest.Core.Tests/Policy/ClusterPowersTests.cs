using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;

namespace Crowsnest.Core.Tests.Policy;

public sealed class ClusterPowersTests
{
    private readonly ClusterPowers _powers = new();

    [Fact]
    public void Powers_that_a_member_of_the_group_used_are_not_listed()
    {
        Bind("b", "Group", "team", """{"apiGroups":[""],"resources":["secrets","pods/exec"],"verbs":["get","create"]}""");
        _powers.Add(Request("jane", "team", "get", "secrets", ""));
        _powers.Add(Request("jane", "team", "create", "secrets", ""));

        var unused = _powers.Unused();

        var one = Assert.Single(unused);
        Assert.Equal(("team", "Group", 1, "runs commands in others' containers"), (one.Subject, one.Kind, one.Seen, one.Power.Risk));
        Assert.Equal(["pods/exec"], one.Power.Resources);
    }

    [Fact]
    public void The_gravest_come_first_and_who_was_never_seen_is_told()
    {
        Bind("b", "User", "bob", """{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}""");
        Bind("a", "User", "ann", """{"apiGroups":[""],"resources":["secrets"],"verbs":["list"]}""");
        Bind("c", "User", "cid", """{"apiGroups":[""],"resources":["configmaps"],"verbs":["get"]}""");
        _powers.Add(Request("bob", "x", "get", "pods", ""));

        var unused = _powers.Unused();

        Assert.Equal(["bob", "ann"], unused.Select(static one => one.Subject));
        Assert.Equal("makes itself more powerful", unused[0].Power.Risk);
        Assert.Equal((1, 0), (unused[0].Seen, unused[1].Seen));
    }

    [Fact]
    public void A_diff_says_what_is_held_and_what_is_needed()
    {
        RbacState state = new();
        state.Add(Rbac("clusterroles", """{"metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods","secrets"],"verbs":["get"]}]}"""));
        state.Add(Rbac("clusterrolebindings", """{"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"r"},"subjects":[{"kind":"User","name":"eve"}]}"""));
        LeastRule[] least = [new("", "", ["get", "list"], ["pods"], [], "")];

        IReadOnlyList<RoleDiff> diff = RoleDiff.Of(state, new HashSet<string> { "eve" }, least);
        string yaml = LeastYaml.Write("eve", least, new LeastPrivilege("eve"), [], diff);

        Assert.Equal(
            [new(true, true, "get", "pods", "", ""), new(false, true, "list", "pods", "", ""), new(true, false, "get", "secrets", "", "")],
            diff);
        Assert.Contains("#   get on pods\n", yaml, StringComparison.Ordinal);
        Assert.Contains("# + list on pods\n", yaml, StringComparison.Ordinal);
        Assert.Contains("# - get on secrets\n", yaml, StringComparison.Ordinal);
    }

    private void Bind(string name, string kind, string subject, string rule)
    {
        _powers.Add(Rbac("clusterroles", $$$"""{"metadata":{"name":"{{{name}}}"},"rules":[{{{rule}}}]}"""));
        _powers.Add(Rbac(
            "clusterrolebindings",
            $$$"""{"metadata":{"name":"{{{name}}}"},"roleRef":{"kind":"ClusterRole","name":"{{{name}}}"},"subjects":[{"kind":"{{{kind}}}","name":"{{{subject}}}"}]}"""));
    }

    private static AuditEvent Rbac(string kind, string body) => Parse(
        $$$"""{"level":"RequestResponse","auditID":"1","stage":"ResponseComplete","requestURI":"/x","verb":"create","user":{"username":"admin"},"objectRef":{"resource":"{{{kind}}}","apiGroup":"rbac.authorization.k8s.io"},"responseStatus":{"code":201},"requestObject":{{{body}}}}""");

    private static AuditEvent Request(string user, string group, string verb, string resource, string ns) => Parse(
        $$$"""{"level":"Metadata","auditID":"1","stage":"ResponseComplete","requestURI":"/x","verb":"{{{verb}}}","user":{"username":"{{{user}}}","groups":["{{{group}}}"]},"objectRef":{"resource":"{{{resource}}}","namespace":"{{{ns}}}"},"responseStatus":{"code":200},"annotations":{"authorization.k8s.io/decision":"allow"}}""");

    private static AuditEvent Parse(string json)
    {
        _ = new AuditEventParser().Parse(Encoding.UTF8.GetBytes(json), "c", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
        return audit!;
    }
}
