using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>Bodies are read as the API server reads them, and what can't be told from them is said.</summary>
public sealed class BodyReadingTests
{
    private const string Real = """{"containers":[{"image":"a"}],"hostPID":true}""";

    [Theory]
    [InlineData("pods", """{"spec":@}""")]
    [InlineData("deployments", """{"spec":{"template":{"spec":@}}}""")]
    [InlineData("daemonsets", """{"spec":{"template":{"spec":@}}}""")]
    [InlineData("statefulsets", """{"spec":{"template":{"spec":@}}}""")]
    [InlineData("replicasets", """{"spec":{"template":{"spec":@}}}""")]
    [InlineData("replicationcontrollers", """{"spec":{"template":{"spec":@}}}""")]
    [InlineData("jobs", """{"spec":{"template":{"spec":@}}}""")]
    [InlineData("cronjobs", """{"spec":{"jobTemplate":{"spec":{"template":{"spec":@}}}}}""")]
    [InlineData("podtemplates", """{"template":{"spec":@}}""")]
    public void PodSpec_BesideDecoys_IsWhereTheResourceHasIt(string resource, string body)
    {
        const string decoy = """{"spec":{"containers":[],"template":{"spec":{}}},"template":{"spec":{}}}""";
        string json = body.Replace("@", Real, StringComparison.Ordinal);
        List<string> decoys = [json];
        decoys.AddRange(resource == "podtemplates" ? [] : [$$"""{"template":{{decoy}},{{json[1..]}}"""]);
        decoys.Add(json.Replace("\"spec\":{\"template", $"\"spec\":{{\"jobTemplate\":{decoy},\"template", StringComparison.Ordinal));
        decoys.Add(json.Replace("\"hostPID\"", $"\"template\":{decoy},\"jobTemplate\":{decoy},\"spec\":{{}},\"hostPID\"", StringComparison.Ordinal));

        foreach (string with in decoys)
        {
            using EventView view = Written(resource, with);

            Assert.True(Assert.Single(view.PodSpec.Specs).GetProperty("hostPID").GetBoolean(), with);
            Assert.Single(view.PodSpec.Containers);
        }
    }

    [Theory]
    [InlineData("pods", """{"template":{"spec":@}}""")]
    [InlineData("pods", """{"spec":{"template":{"spec":@}}}""")]
    [InlineData("deployments", """{"spec":@}""")]
    [InlineData("deployments", """{"Spec":{"Template":{"Spec":@}}}""")]
    [InlineData("jobs", """{"spec":{"jobTemplate":{"spec":{"template":{"spec":@}}}}}""")]
    public void PodSpec_WhereTheResourceHasNone_IsNotSeen(string resource, string body)
    {
        using EventView view = Written(resource, body.Replace("@", Real, StringComparison.Ordinal));

        Assert.Empty(view.PodSpec.Containers);
        Assert.DoesNotContain(view.PodSpec.Specs, static spec => spec.TryGetProperty("hostPID", out _));
    }

    [Theory]
    [InlineData("""{"spec":{"ephemeralContainers":[{"image":"a"}]}}""")]
    [InlineData("""{"ephemeralContainers":[{"image":"a"}]}""")]
    [InlineData("""[{"op":"add","path":"/ephemeralContainers/-","value":{"image":"a"}}]""")]
    public void PodSpec_DebugContainer_IsSeenInEachVersion(string body)
    {
        using EventView view = new(new EventJson { Verb = "patch", Subresource = "ephemeralcontainers", RequestObject = body }.ToEvent());

        Assert.Single(view.PodSpec.Containers);
    }

    [Fact]
    public void Request_MemberTwice_TheLastCounts()
    {
        using EventView view = Written("pods", """{"spec":{"hostPID":true},"spec":{"hostPID":false,"hostPID":null,"hostPID":true}}""");

        Assert.True(view.PodSpec.Specs[0].GetProperty("hostPID").GetBoolean());
        Assert.Equal("present", BodyState.Of(view));
    }

    [Theory]
    [InlineData(9_000, "present")]
    [InlineData(10_001, "unfollowed")]
    public void Request_Deep_IsReadAsFarAsTheServerReads(int depth, string expected)
    {
        string deep = new string('[', depth) + new string(']', depth);
        using EventView view = Written("deployments", $$$$"""{"spec":{"template":{"spec":{{{{Real}}}}}},"x":{{{{deep}}}}}""");

        Assert.Equal(expected, BodyState.Of(view));
        Assert.Equal(expected == "present" ? 1 : 0, view.PodSpec.Specs.Count);
    }

    [Theory]
    [InlineData("requestObject.x.y")]
    [InlineData("requestObject.*.*.*")]
    public void Any_ListsInLists_DoNotRunOutOfStack(string field)
    {
        string deep = string.Concat(Enumerable.Repeat("[{\"y\":", 3_000)) + new string('[', 3_000) + new string(']', 3_000) + string.Concat(Enumerable.Repeat("}]", 3_000));
        using EventView view = Written("pods", $$"""{"x":{{deep}}}""");

        Assert.False(FieldCatalogue.Find(field)!.Any(view, static _ => false));
    }

    [Fact]
    public void Any_ElementOfAListInAList_IsFound()
    {
        using EventView view = Written("pods", """{"x":[1,[[],[{"y":"a"}]]]}""");

        Assert.True(FieldCatalogue.Find("requestObject.x.y")!.Any(view, static value => value.Text == "a"));
    }

    [Fact]
    public void BodyState_PatchOfWhatWasThere_IsUnfollowedUnlessTheAnswerHasIt()
    {
        const string copy = """[{"op":"copy","from":"/spec/template/spec/a","path":"/spec/template/spec/hostPID"}]""";
        using EventView alone = Written("deployments", copy);
        using EventView answered = Written("deployments", copy, $$$$"""{"kind":"Deployment","metadata":{},"spec":{"template":{"spec":{{{{Real}}}}}}}""");
        using EventView refused = Written("deployments", copy, """{"kind":"Status","metadata":{}}""");

        Assert.Equal("unfollowed", BodyState.Of(alone));
        Assert.Equal("present", BodyState.Of(answered));
        Assert.True(Assert.Single(answered.PodSpec.Specs).GetProperty("hostPID").GetBoolean());
        Assert.Equal("unfollowed", BodyState.Of(refused));
    }

    [Theory]
    [InlineData("""[{"op":"add","path":"/subjects/-","value":{"kind":"User","name":"eve"}}]""", true)]
    [InlineData("""[{"op":"replace","path":"/subjects/0/name","value":"eve"}]""", true)]
    [InlineData("""{"subjects":[{"kind":"User","name":"eve"}]}""", true)]
    [InlineData("""[{"op":"remove","path":"/subjects/0"}]""", false)]
    [InlineData("""{"metadata":{"labels":{"a":"b"}}}""", false)]
    public void Grant_SubjectForARoleThatIsThere_IsReadFromTheAnswer(string patch, bool grants)
    {
        using EventView alone = Written("clusterrolebindings", patch);
        using EventView answered = Written("clusterrolebindings", patch, """{"kind":"ClusterRoleBinding","metadata":{},"roleRef":{"name":"cluster-admin"}}""");

        Assert.Equal(grants ? "unfollowed" : "present", BodyState.Of(alone));
        Assert.Equal("present", BodyState.Of(answered));
        Assert.Equal("cluster-admin", answered.Grant.Role);
    }

    [Fact]
    public void Grant_PartOfARule_IsReadFromTheAnswer()
    {
        const string patch = """[{"op":"add","path":"/rules/0/resources/-","value":"secrets"}]""";
        using EventView alone = Written("roles", patch);
        using EventView answered = Written("roles", patch, """{"kind":"Role","metadata":{},"rules":[{"verbs":["get"],"resources":["pods","secrets"]}]}""");

        Assert.Equal("unfollowed", BodyState.Of(alone));
        Assert.Equal("present", BodyState.Of(answered));
        Assert.Equal(["secrets-read"], answered.Grant.Powers);
    }

    private static EventView Written(string resource, string body, string? answer = null)
    {
        string bodies = $"\"requestObject\":{body},{(answer is null ? "" : $"\"responseObject\":{answer},")}\"requestReceivedTimestamp\"";
        string json = new EventJson { Resource = resource, Verb = "patch", Code = 200 }.ToString().Replace("\"requestReceivedTimestamp\"", bodies, StringComparison.Ordinal);
        new AuditEventParser().Parse(Encoding.UTF8.GetBytes(json), "test", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
        return new EventView(audit!);
    }
}
