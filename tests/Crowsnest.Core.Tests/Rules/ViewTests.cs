using System.Text.Json;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>The views of bodies that rules read.</summary>
public sealed class ViewTests
{
    [Theory]
    [InlineData("""[{"op":"add","path":"/spec/replicas","value":3}]""", """{"spec":{"replicas":3}}""")]
    [InlineData("""[{"op":"replace","path":"/metadata/labels/a.b~1c","value":"d"}]""", """{"metadata":{"labels":{"a.b/c":"d"}}}""")]
    [InlineData("""[{"op":"add","path":"/a/0/b","value":1},{"op":"add","path":"/a/0/c","value":2}]""", """{"a":[{"b":1,"c":2}]}""")]
    [InlineData("""[{"op":"add","path":"/a/-","value":1},{"op":"add","path":"/a/-","value":2}]""", """{"a":[1,2]}""")]
    [InlineData("""[{"op":"remove","path":"/a/b"}]""", """{"a":{"b":null}}""")]
    [InlineData("""[{"op":"test","path":"/a","value":1},{"op":"move","from":"/a","path":"/b"},{"op":"copy","path":5}]""", "null")]
    [InlineData("""[{"op":"add","path":"/a","value":{"b":1}},{"op":"add","path":"/a/b","value":2}]""", """{"a":{"b":2}}""")]
    [InlineData("""[{"op":"add","path":"","value":{"b":1}},7,{"op":"add"}]""", "null")]
    public void JsonPatch_IsReadAsTheObjectThatItSets(string patch, string expected)
    {
        using JsonDocument document = JsonDocument.Parse(patch);

        Assert.Equal(expected, System.Text.Encoding.UTF8.GetString(JsonPatch.ToObject(document.RootElement).Span));
    }

    [Fact]
    public void JsonPatch_DeepAndLong_IsBounded()
    {
        string deep = $$"""[{"op":"add","path":"{{string.Concat(Enumerable.Repeat("/a", 100_000))}}","value":1}]""";
        IEnumerable<string> added = Enumerable.Range(0, 50_000)
            .Select(static i => $$"""{"op":"add","path":"/a/-","value":{{i}}}""");
        string wide = "[" + string.Join(',', added) + "]";
        using JsonDocument first = JsonDocument.Parse(deep);
        using JsonDocument second = JsonDocument.Parse(wide);

        Assert.Equal("null", System.Text.Encoding.UTF8.GetString(JsonPatch.ToObject(first.RootElement).Span));
        Assert.InRange(JsonPatch.ToObject(second.RootElement).Length, 1, 100_000);
    }

    [Theory]
    [InlineData("pods", "status", "update", 0)]
    [InlineData("pods", "", "create", 1)]
    [InlineData("deployments", "scale", "patch", 0)]
    [InlineData("deployments", "", "delete", 0)]
    [InlineData("configmaps", "", "create", 0)]
    public void PodSpec_IsSeenInWritesOfTheObjectItself(string resource, string subresource, string verb, int expected)
    {
        EventJson json = new()
        {
            Resource = resource,
            Subresource = subresource,
            Verb = verb,
            RequestObject = """{"spec":{"hostPID":true}}""",
        };
        using EventView view = new(json.ToEvent());

        Assert.Equal(expected, view.PodSpec.Specs.Count);
    }

    [Theory]
    [InlineData("""{"spec":5}""")]
    [InlineData("""{"spec":{"containers":"x","template":[]}}""")]
    [InlineData("""{"spec":{"containers":[1,null,{"securityContext":[]}]}}""")]
    [InlineData("[1,2]")]
    [InlineData("[]")]
    public void Views_OfBodiesThatAreNotWhatTheySay_AreEmptyAndDoNotThrow(string body)
    {
        foreach (string resource in new[] { "pods", "clusterroles", "services", "ingresses", "certificatesigningrequests" })
        {
            using EventView view = new(new EventJson { Resource = resource, RequestObject = body }.ToEvent());
            Assert.Empty(view.Grant.Powers);
            Assert.DoesNotContain(view.Exposure.Ways, static way => way != "Ingress" && way != "IngressWithoutTls");
            Assert.Empty(view.SigningRequest.CommonName);
            Assert.DoesNotContain(ControllerWriteBack.Workloads(view), static workload => workload != "shop/web");
            Assert.Equal(0, BodyRisk.Pod(view));
            Assert.Empty(BodyRisk.Registry(view));
        }
    }

    [Theory]
    [InlineData("system:serviceaccount:kube-system:replicaset-controller", "create", true, true)]
    [InlineData("system:serviceaccount:kube-system:replicaset-controller", "create", false, false)]
    [InlineData("system:serviceaccount:kube-system:deployment-controller", "update", false, true)]
    [InlineData("system:serviceaccount:shop:replicaset-controller", "create", true, false)]
    [InlineData("jane@example.org", "create", true, false)]
    public void WriteBack_IsAControllersAnswer(string user, string verb, bool owned, bool expected)
    {
        string owner = owned ? """{"ownerReferences":[{"kind":"ReplicaSet","name":"web-7d9c5b8f4","controller":true}]}""" : "{}";
        using EventView view = new(new EventJson { User = user, Verb = verb, RequestObject = $$"""{"metadata":{{owner}}}""" }.ToEvent());

        Assert.Equal(expected, ControllerWriteBack.Is(view));
    }

    [Theory]
    [InlineData("ReplicaSet", "web-7d9c5b8f4", "shop/web-7d9c5b8f4", "shop/web")]
    [InlineData("Job", "nightly-28193", "shop/nightly-28193", "shop/nightly")]
    [InlineData("DaemonSet", "node-agent", "shop/node-agent")]
    public void Workloads_OfAPod_AreItsOwners(string kind, string owner, params string[] expected)
    {
        EventJson pod = new()
        {
            Name = "",
            RequestObject =
                $$$"""{"metadata":{"ownerReferences":[{"kind":"{{{kind}}}","name":"{{{owner}}}","controller":true}]}}""",
        };
        using EventView view = new(pod.ToEvent());

        Assert.Equal(expected, ControllerWriteBack.Workloads(view));
    }
}
