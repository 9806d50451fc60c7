using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Incidents;

/// <summary>What controllers do belongs to the write that they answered.</summary>
public sealed class WriteBackLinkerTests
{
    private const string Privileged = """{"spec":{"containers":[{"image":"a","securityContext":{"privileged":true}}]}}""";
    private const string OwnerId = "7c1d8f0e-2b34-4c11-9a55-3f0e6d7a9b10";
    private const string Controller = "system:serviceaccount:kube-system:replicaset-controller";

    private static readonly RuleSet Rules = RuleSet.Load(
        [("privileged.yml", File.ReadAllText(Path.Combine(RepositoryFiles.Rules, "privileged-container.yml"))), ("lists.yml", File.ReadAllText(Path.Combine(RepositoryFiles.Rules, "lists.yml")))]);

    private static readonly EventJson Deployment = new()
    {
        AuditId = "deployment",
        Resource = "deployments",
        RequestObject = $$$"""{"spec":{"template":{{{Privileged}}}}}""",
    };

    [Fact]
    public void Group_DeploymentAndItsPods_AreOneDetection()
    {
        List<Detection> found = Judge(Deployment, Pod("pod-1", "web-7d9c5b8f4"), Pod("pod-2", "web-7d9c5b8f4", 3), Pod("stranger", "api-5f6c7d8e9"));

        Incident incident = Assert.Single(IncidentBuilder.Group(found));

        Assert.Equal(4, found.Count);
        Assert.Equal("jane@example.org", incident.Actor);
        Assert.Equal(["deployment", "pod-1", "pod-2"], Assert.Single(incident.Detections).AuditIds);
        Assert.All(found.Where(static d => d.IsWriteBack), static writeBack => Assert.Equal(Severity.Low, writeBack.Severity));
    }

    [Fact]
    public void Link_AnyOrder_GivesTheSame()
    {
        List<Detection> found = Judge(Deployment, Pod("pod-1", "web-7d9c5b8f4"), Pod("pod-2", "web-7d9c5b8f4", 3), Pod("stranger", "api-5f6c7d8e9"));

        Assert.Equivalent(WriteBackLinker.Link(found).OrderBy(static d => d.Id), WriteBackLinker.Link(Enumerable.Reverse(found)).OrderBy(static d => d.Id), strict: true);
        Assert.Equal(2, WriteBackLinker.Link(found).Count);
    }

    [Fact]
    public void Link_WriteBackBeforeTheWrite_IsNotItsOwn()
    {
        List<Detection> found = Judge(Deployment with { Time = Deployment.Time.AddHours(1) }, Pod("pod-1", "web-7d9c5b8f4"));

        Assert.Equal(2, WriteBackLinker.Link(found).Count);
    }

    private static EventJson Pod(string id, string owner, int seconds = 2) => Deployment with
    {
        AuditId = id,
        User = Controller,
        UserAgent = "kube-controller-manager/v1.35.0 (linux/amd64) kubernetes/abcdef/" + Controller,
        SourceIPs = ["10.224.0.4"],
        Resource = "pods",
        Name = "",
        Time = Deployment.Time.AddSeconds(seconds),
        RequestObject = Privileged.Insert(1, $$"""  "metadata":{"generateName":"{{owner}}-","ownerReferences":[{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"{{owner}}","uid":"{{OwnerId}}","controller":true}]},"""),
    };

    private static List<Detection> Judge(params EventJson[] events)
    {
        Judge judge = new(Rules, null, 10);
        List<Detection> found = [];
        foreach (AuditEvent audit in events.Select(static json => json.ToEvent()))
        {
            judge.Add(audit, new Evidence("raw", 1), found);
        }

        return found;
    }
}
