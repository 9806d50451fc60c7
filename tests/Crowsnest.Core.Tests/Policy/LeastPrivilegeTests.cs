using Crowsnest.Core.Audit;
using Crowsnest.Core.Policy;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Tests.Policy;

/// <summary>The roles that are written, read back and asked as an authorizer would ask them.</summary>
[Trait("Category", "Slow")]
public sealed class LeastPrivilegeTests
{
    [Theory]
    [InlineData("system:serviceaccount:ci:ci-deployer")]
    [InlineData("system:serviceaccount:velero:velero")]
    [InlineData("system:serviceaccount:argocd:argocd-application-controller")]
    [InlineData("system:serviceaccount:internal-tools:legacy-tooling")]
    [InlineData("carol.silva@contoso.com")]
    [InlineData("system:serviceaccount:kube-system:ama-logs")]
    public void The_roles_allow_what_was_done_and_nothing_beyond_their_grouping(string principal)
    {
        LeastPrivilege least = new(principal);
        foreach (AuditEvent audit in RecordedDay.Events().Where(static audit => audit.HasOutcome))
        {
            least.Add(audit);
        }

        string yaml = LeastYaml.Write(principal, least.Rules(DateTimeOffset.MinValue), least, [], []);
        List<Grant> grants = Read(yaml);

        Assert.NotEmpty(least.Used);
        Assert.All(least.Used.Keys, power => Assert.Contains(grants, grant => grant.Allows(power)));
        foreach (Grant grant in grants)
        {
            foreach ((string verb, string resource) in grant.Verbs.SelectMany(verb => grant.Resources.Select(kind => (verb, kind))))
            {
                UsedPower[] of = [.. least.Used.Keys.Where(power => power.Verb == verb && power.Resource == resource && power.Group == grant.Group
                    && (grant.Namespace.Length == 0 || power.Namespace == grant.Namespace))];
                Assert.True(of.Length > 0, $"{verb} {resource} was never used in \"{grant.Namespace}\"");
                bool isAll = grant.Namespace.Length > 0 || of.Any(static power => power.Namespace.Length == 0)
                    || of.Select(static power => power.Namespace).Distinct().Count() > LeastPrivilege.MostNamespaces;
                Assert.True(isAll, $"{verb} {resource} is granted everywhere for little");
                Assert.All(grant.Names, name => Assert.Contains(of, power => power.Name == name));
                bool isAny = grant.Names.Count > 0 || resource.StartsWith('/') || of.Any(static power => power.Name.Length == 0)
                    || of.Select(static power => power.Name).Distinct().Count() > LeastPrivilege.MostNames
                    || of.Any(static power => NameTemplate.Of(power.Name) != power.Name);
                Assert.True(isAny, $"{verb} {resource} is granted for any name for little");
            }
        }
    }

    [Theory]
    [InlineData("web-7ffdf8dc54-jzr9t", "web-*")]
    [InlineData("backup-28594320", "backup-*")]
    [InlineData("runner-x7k2p", "runner-*")]
    [InlineData("payments-api", "payments-api")]
    [InlineData("db-credentials", "db-credentials")]
    [InlineData("redis-master-0", "redis-master-0")]
    public void Names_that_were_made_up_are_told(string name, string template) => Assert.Equal(template, NameTemplate.Of(name));

    [Fact]
    public void What_was_refused_is_apart_and_a_name_cannot_leave_its_comment()
    {
        LeastPrivilege least = new("eve");
        least.Add(Event("get", "/api/v1/namespaces/a/secrets/x", "a\\nrules: []", 403));

        string yaml = LeastYaml.Write("eve", least.Rules(DateTimeOffset.MinValue), least, [], []);

        Assert.Empty(least.Used);
        Assert.All(yaml.Split('\n', StringSplitOptions.RemoveEmptyEntries), static line => Assert.StartsWith("#", line, StringComparison.Ordinal));
        Assert.Contains("1 times get secrets", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public void Powers_that_are_held_and_not_used_are_named_with_their_risk()
    {
        RbacState state = new();
        state.Add(Rbac("clusterroles", """{"metadata":{"name":"r"},"rules":[{"apiGroups":[""],"resources":["pods","secrets"],"verbs":["get","list"]}]}"""));
        state.Add(Rbac("clusterrolebindings", """{"metadata":{"name":"b"},"roleRef":{"kind":"ClusterRole","name":"r"},"subjects":[{"kind":"User","name":"eve"}]}"""));

        IReadOnlyList<UnusedPower> unused = UnusedPower.Of(state, new HashSet<string> { "eve" }, [new("get", "", "pods", "a", "x"), new("list", "", "pods", "a", "")]);

        UnusedPower power = Assert.Single(unused);
        Assert.Equal(("get,list", "secrets", "reads credentials"), (string.Join(',', power.Verbs), string.Join(',', power.Resources), power.Risk));
    }

    private static AuditEvent Rbac(string kind, string body) => Parse(
        $$$"""{"level":"RequestResponse","auditID":"{{{kind}}}","stage":"ResponseComplete","requestURI":"/x","verb":"create","user":{"username":"admin"},"objectRef":{"resource":"{{{kind}}}","apiGroup":"rbac.authorization.k8s.io"},"responseStatus":{"code":201},"requestObject":{{{body}}}}""");

    private static AuditEvent Event(string verb, string uri, string ns, int code) => Parse(
        $$$"""{"level":"Metadata","auditID":"1","stage":"ResponseComplete","requestURI":"{{{uri}}}","verb":"{{{verb}}}","user":{"username":"eve"},"objectRef":{"resource":"secrets","namespace":"{{{ns}}}","name":"x"},"responseStatus":{"code":{{{code}}}}}""");

    private static AuditEvent Parse(string json)
    {
        new AuditEventParser().Parse(System.Text.Encoding.UTF8.GetBytes(json), "c", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
        return audit!;
    }

    private static List<Grant> Read(string yaml)
    {
        YamlStream stream = new();
        stream.Load(new StringReader(yaml));
        List<Grant> grants = [];
        foreach (YamlMappingNode role in stream.Documents.Select(static document => (YamlMappingNode)document.RootNode)
            .Where(static root => root["kind"].ToString() is "Role" or "ClusterRole"))
        {
            YamlMappingNode meta = (YamlMappingNode)role["metadata"];
            string at = meta.Children.TryGetValue("namespace", out YamlNode? node) ? node.ToString() : "";
            foreach (YamlMappingNode rule in ((YamlSequenceNode)role["rules"]).Children.Cast<YamlMappingNode>())
            {
                List<string> Texts(string name) => rule.Children.TryGetValue(name, out YamlNode? list)
                    ? [.. ((YamlSequenceNode)list).Children.Select(static one => ((YamlScalarNode)one).Value!)] : [];
                List<string> paths = Texts("nonResourceURLs");
                grants.Add(new Grant(at, paths.Count > 0 ? "" : Texts("apiGroups")[0], paths.Count > 0 ? paths : Texts("resources"), Texts("resourceNames"), Texts("verbs")));
            }
        }

        return grants;
    }

    private sealed record Grant(string Namespace, string Group, List<string> Resources, List<string> Names, List<string> Verbs)
    {
        internal bool Allows(UsedPower power) => (Namespace.Length == 0 || Namespace == power.Namespace) && Group == power.Group
            && Resources.Contains(power.Resource) && Verbs.Contains(power.Verb) && (Names.Count == 0 || Names.Contains(power.Name));
    }
}
