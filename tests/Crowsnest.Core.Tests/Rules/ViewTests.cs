using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>The views of bodies that rules read.</summary>
public sealed class ViewTests
{
    [Theory]
    [InlineData("pods", "status", "update", 0)]
    [InlineData("pods", "", "create", 1)]
    [InlineData("deployments", "scale", "patch", 0)]
    [InlineData("deployments", "", "delete", 0)]
    [InlineData("configmaps", "", "create", 0)]
    public void PodSpec_IsSeenInWritesOfTheObjectItself(string resource, string subresource, string verb, int expected)
    {
        EventJson json = new() { Resource = resource, Subresource = subresource, Verb = verb, RequestObject = """{"spec":{"hostPID":true}}""" };
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
    [InlineData("ReplicaSet", "web-7d9c5b8f4", "shop/web-7d9c5b8f4", "shop/web")]
    [InlineData("Job", "nightly-28193", "shop/nightly-28193", "shop/nightly")]
    [InlineData("DaemonSet", "node-agent", "shop/node-agent")]
    public void Workloads_OfAPod_AreItsOwners(string kind, string owner, params string[] expected)
    {
        using EventView view = new(new EventJson { Name = "", RequestObject = $$$"""{"metadata":{"ownerReferences":[{"kind":"{{{kind}}}","name":"{{{owner}}}","controller":true}]}}""" }.ToEvent());

        Assert.Equal(expected, ControllerWriteBack.Workloads(view));
    }
}
