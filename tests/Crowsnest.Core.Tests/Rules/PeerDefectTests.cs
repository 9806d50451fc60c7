using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Twelve faults found in other systems' rules and readers, one test each: ours do not have them.</summary>
public sealed class PeerDefectTests
{
    private const string Privileged = """{"securityContext":{"privileged":true},"name":"a","image":"a"}""";

    private static readonly RuleSet Shipped = RuleSet.Load(RepositoryFiles.RuleFiles);

    [Fact]
    public void D01_FieldsOfOtherPipelines_AreReadAndNamed()
    {
        RuleSet rules = RuleSet.Load(
        [
            ("aliases.yml", File.ReadAllText(Path.Combine(RepositoryFiles.Rules, "aliases.yml"))),
            ("theirs.yml", """
                title: A rule that uses names of another pipeline
                id: 0b5b5a5e-1f1a-4f6e-9d5f-7b0a4c0f2d11
                logsource: {product: kubernetes, service: audit}
                detection:
                  selection: {apiGroup: apps, hostPath: '*', responseStatus.code: ALLOW}
                  condition: selection
                level: low
                """),
        ]);
        EventJson json = new()
        {
            Resource = "deployments",
            ApiGroup = "apps",
            RequestObject = """{"spec":{"template":{"spec":{"volumes":[{"hostPath":{"path":"/data"}}]}}}}""",
        };
        using EventView view = new(json.ToEvent());

        Assert.Empty(rules.Errors);
        SigmaRule rule = Assert.Single(rules.Rules);
        Assert.True(rule.IsMatch(view));
        Assert.Equal(3, rule.Notes.Count(static note => note.IsWarning));
    }

    [Fact]
    public void D02_BindingOfAServiceAccount_IsReadFromItsSubjects() => Fires("binding-to-service-account", new EventJson
    {
        Resource = "rolebindings",
        RequestObject = """{"roleRef":{"name":"view"},"subjects":[{"kind":"ServiceAccount","name":"web"}]}""",
    });

    [Theory]
    [InlineData("Metadata")]
    [InlineData("Request")]
    [InlineData("RequestResponse")]
    public void D03_AnonymousRequest_AtAnyLevel(string level) => Fires("anonymous-request-allowed", new EventJson
    {
        User = "system:anonymous",
        Verb = "list",
        Code = 200,
        Level = level,
    });

    [Fact]
    public void D04_Level_IsNoConditionOfAnyRule()
    {
        Assert.DoesNotContain(Shipped.Rules, static rule => rule.Fields.Contains("level"));
        Fires("cluster-admin-binding", new EventJson
        {
            Resource = "clusterrolebindings",
            Level = "Request",
            RequestObject = """{"roleRef":{"name":"cluster-admin"}}""",
        });
    }

    [Theory]
    [InlineData("get", "exec", "exec-into-pod")]
    [InlineData("create", "exec", "exec-into-pod")]
    [InlineData("get", "attach", "exec-into-pod")]
    [InlineData("get", "portforward", "port-forward")]
    [InlineData("create", "portforward", "port-forward")]
    [InlineData("get", "exec", "exec-reads-credentials")]
    [InlineData("create", "exec", "exec-reads-credentials")]
    public void D05_Streams_AreFoundAsGetAndAsCreate(string verb, string subresource, string rule) => Fires(rule, new EventJson
    {
        Verb = verb,
        Subresource = subresource,
        Code = 101,
        RequestUri =
            "/api/v1/namespaces/shop/pods/web/exec?command=cat"
            + "&command=%2Fvar%2Frun%2Fsecrets%2Fkubernetes.io%2Fserviceaccount%2Ftoken",
    });

    [Fact]
    public void D06_PrivilegedPod_WithoutLastAppliedAnnotation() =>
        Fires("privileged-container", new EventJson { RequestObject = $$$"""{"spec":{"containers":[{{{Privileged}}}]}}""" });

    [Theory]
    [InlineData("pods", "", "create", """{"spec":{"initContainers":[@]}}""")]
    [InlineData("pods", "ephemeralcontainers", "patch", """{"spec":{"ephemeralContainers":[@]}}""")]
    [InlineData("deployments", "", "create", """{"spec":{"template":{"spec":{"containers":[@]}}}}""")]
    [InlineData("cronjobs", "", "update", """{"spec":{"jobTemplate":{"spec":{"template":{"spec":{"containers":[@]}}}}}}""")]
    [InlineData("podtemplates", "", "create", """{"template":{"spec":{"containers":[@]}}}""")]
    [InlineData("daemonsets", "", "patch", """[{"op":"add","path":"/spec/template/spec/initContainers/-","value":@}]""")]
    public void D07_PrivilegedContainer_WhereverItStands(string resource, string subresource, string verb, string body) =>
        Fires("privileged-container", new EventJson
        {
            Resource = resource,
            Subresource = subresource,
            Verb = verb,
            RequestObject = body.Replace("@", Privileged, StringComparison.Ordinal),
        });

    [Theory]
    [InlineData("masterclient")]
    [InlineData("azure-pipelines@example.org")]
    [InlineData("eks:somebody")]
    public void D08_PeopleWhoseNameLooksLikeASystem_ArePeople(string user) => Fires("secrets-listed-cluster-wide", new EventJson
    {
        User = user,
        Verb = "list",
        Resource = "secrets",
        Namespace = "",
        Name = "",
        Code = 200,
    });

    [Fact]
    public void D09_DeleteCollection_DeletesToo() =>
        Fires("events-deleted", new EventJson { Verb = "deletecollection", Resource = "events", Name = "", Code = 200 });

    [Fact]
    public void D10_ForgedForwardedFor_HidesNoClient()
    {
        AuditEvent audit = new EventJson { User = "masterclient", SourceIPs = ["10.0.0.1", "20.43.245.209", "172.31.52.37"] }.ToEvent();

        Assert.Equal("20.43.245.209", audit.ClientAddress);
    }

    [Fact]
    public void D11_RecordPaddedPastTheCut_IsFound()
    {
        string annotation = new('x', 20_000);
        string padded = new EventJson
        {
            RequestObject =
                $$$"""{"metadata":{"annotations":{"a":"{{{annotation}}}"}},"spec":{"containers":[{{{Privileged}}}]}}""",
        }.ToString();
        using IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "default").Read(
            new HubMessage(Encoding.UTF8.GetBytes(EventJson.AksRecord(padded[..16_384])), 1, DateTimeOffset.UnixEpoch), batch);
        using EventView view = new(Assert.Single(batch.Records).Event!);

        Assert.Contains("unverified-change", Names(view));
    }

    [Fact]
    public void D12_BodyThatIsNone_StopsNoOther()
    {
        using IntakeBatch batch = new();
        MessageReader reader = new(new AuditEventParser(), "default");
        string[] bodies =
            [new EventJson { AuditId = "1" }.ToAksRecord(), "\0\0 not JSON", new EventJson { AuditId = "2" }.ToAksRecord()];
        foreach (string body in bodies)
        {
            reader.Read(new HubMessage(Encoding.UTF8.GetBytes(body), 1, DateTimeOffset.UnixEpoch), batch);
        }

        Assert.Equal((2, 1), (batch.Counts.Parsed, batch.Counts.Quarantined));
    }

    private static void Fires(string rule, EventJson json)
    {
        using EventView view = new(json.ToEvent());
        Assert.Contains(rule, Names(view));
    }

    private static IEnumerable<string> Names(EventView view)
    {
        List<SigmaRule> matches = [];
        Shipped.Match(view, matches);
        return matches.Select(static rule => rule.Name);
    }
}
