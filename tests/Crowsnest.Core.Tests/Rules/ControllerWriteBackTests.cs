using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Rules;

/// <summary>A controller's account is believed only as far as it does what that controller does.</summary>
public sealed class ControllerWriteBackTests
{
    private const string Account = "system:serviceaccount:kube-system:";
    private const string OwnerId = "7c1d8f0e-2b34-4c11-9a55-3f0e6d7a9b10";
    private const string Spec = """{"containers":[{"name":"c","image":"a","securityContext":{"privileged":true}}]}""";

    private static readonly RuleSet Rules = RuleSet.Load(
        [("privileged.yml", File.ReadAllText(Path.Combine(RepositoryFiles.Rules, "privileged-container.yml"))), ("lists.yml", File.ReadAllText(Path.Combine(RepositoryFiles.Rules, "lists.yml")))]);

    [Theory]
    [InlineData("replicaset-controller", "pods", "ReplicaSet", "apps/v1", "web-7d9c5b8f4", "web-7d9c5b8f4-")]
    [InlineData("deployment-controller", "replicasets", "Deployment", "apps/v1", "web", "web-7d9c5b8f4")]
    [InlineData("deployment-controller", "replicasets", "Deployment", "extensions/v1beta1", "web", "web-7d9c5b8f4")]
    [InlineData("daemon-set-controller", "pods", "DaemonSet", "apps/v1", "agent", "agent-")]
    [InlineData("statefulset-controller", "pods", "StatefulSet", "apps/v1", "db", "db-0")]
    [InlineData("job-controller", "pods", "Job", "batch/v1", "nightly-28193", "nightly-28193-3-")]
    [InlineData("job-controller", "pods", "Job", "batch/v1", "a-name-so-long-that-its-pods-are-named-after-a-part-of-it-only", "a-name-so-long-that-its-pods-are-named-after-a-part-of-3-")]
    [InlineData("cronjob-controller", "jobs", "CronJob", "batch/v1beta1", "nightly", "nightly-28193")]
    [InlineData("replication-controller", "pods", "ReplicationController", "v1", "old", "old-")]
    public void Is_EachControllerForItsOwner_IsAWriteBack(string controller, string resource, string kind, string version, string owner, string name)
    {
        EventJson made = Made(controller, resource, kind, version, owner, name);

        Assert.True(IsWriteBack(made));
        Assert.True(IsWriteBack(made with { User = "system:kube-controller-manager", UserAgent = "hyperkube/v1.9.0 (linux/amd64) kubernetes/abcdef/shared" }));
        Assert.Equal(Severity.Low, SeverityOf(made));
    }

    [Theory]
    [InlineData("job-controller", "pods", "ReplicaSet", "apps/v1", "web-7d9c5b8f4", "web-7d9c5b8f4-")]
    [InlineData("node-controller", "pods", "ReplicaSet", "apps/v1", "web-7d9c5b8f4", "web-7d9c5b8f4-")]
    [InlineData("replicaset-controller", "pods", "ReplicaSet", "example.org/v1", "web-7d9c5b8f4", "web-7d9c5b8f4-")]
    [InlineData("replicaset-controller", "pods", "ReplicaSet", "", "web-7d9c5b8f4", "web-7d9c5b8f4-")]
    [InlineData("replicaset-controller", "pods", "Deployment", "apps/v1", "web", "web-")]
    [InlineData("replicaset-controller", "pods", "ReplicaSet", "apps/v1", "web-7d9c5b8f4", "api-5f6c7d8e9-")]
    [InlineData("replicaset-controller", "pods", "ReplicaSet", "apps/v1", "web-7d9c5b8f4", "web-7d9c5b8f4")]
    [InlineData("replicaset-controller", "daemonsets", "ReplicaSet", "apps/v1", "web", "web-1")]
    [InlineData("deployment-controller", "pods", "Deployment", "apps/v1", "web", "web-1")]
    public void Is_NotThatControllersWork_IsItsOwnAct(string controller, string resource, string kind, string version, string owner, string name)
    {
        EventJson made = Made(controller, resource, kind, version, owner, name);

        Assert.False(IsWriteBack(made));
        Assert.Equal(Severity.High, SeverityOf(made));
    }

    [Fact]
    public void Is_OwnerReferenceWithoutItsParts_IsItsOwnAct()
    {
        EventJson pod = Made("replicaset-controller", "pods", "ReplicaSet", "apps/v1", "web-7d9c5b8f4", "web-7d9c5b8f4-");

        foreach (string part in new[] { $",\"uid\":\"{OwnerId}\"", "\"apiVersion\":\"apps/v1\",", "\"kind\":\"ReplicaSet\",", ",\"controller\":true" })
        {
            Assert.Contains(part, pod.RequestObject, StringComparison.Ordinal);
            Assert.False(IsWriteBack(pod with { RequestObject = pod.RequestObject!.Replace(part, "", StringComparison.Ordinal) }), part);
        }
    }

    [Theory]
    [InlineData("kubectl/v1.35.0 (linux/amd64) kubernetes/abcdef", "10.224.0.4")]
    [InlineData("kube-controller-manager/v1.35.0 (linux/amd64) kubernetes/abcdef", "10.224.0.4")]
    [InlineData("kube-controller-manager/v1.35.0/system:serviceaccount:kube-system:job-controller", "10.224.0.4")]
    [InlineData(null, "203.0.113.9")]
    [InlineData(null, "::ffff:203.0.113.9")]
    [InlineData(null, "2001:db8::1")]
    public void Is_FromElsewhere_IsItsOwnAct(string? userAgent, string address)
    {
        EventJson pod = Made("replicaset-controller", "pods", "ReplicaSet", "apps/v1", "web-7d9c5b8f4", "web-7d9c5b8f4-");

        Assert.False(IsWriteBack(pod with { UserAgent = userAgent ?? pod.UserAgent, SourceIPs = [address] }));
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("172.31.4.9")]
    [InlineData("::ffff:10.0.0.1")]
    [InlineData("fd00::9")]
    public void Is_FromInside_IsAWriteBack(string address) =>
        Assert.True(IsWriteBack(Made("replicaset-controller", "pods", "ReplicaSet", "apps/v1", "web-7d9c5b8f4", "web-7d9c5b8f4-") with { SourceIPs = [address] }));

    [Fact]
    public void Is_WithoutUserAgent_OnlyInEventsOfOldVersions()
    {
        EventJson pod = Made("replicaset-controller", "pods", "ReplicaSet", "apps/v1", "web-7d9c5b8f4", "web-7d9c5b8f4-") with { UserAgent = "" };
        string old = """{"timestamp":"2018-10-25T14:09:12Z","metadata":{"creationTimestamp":"2018-10-25T14:09:12Z"},""" + pod.ToString()[1..];

        Assert.True(IsWriteBack(old));
        Assert.False(IsWriteBack(pod));
    }

    [Theory]
    [InlineData("namespace-controller", "deletecollection", "networkpolicies", "", true)]
    [InlineData("namespace-controller", "delete", "services", "web", true)]
    [InlineData("namespace-controller", "create", "rolebindings", "web", false)]
    [InlineData("root-ca-cert-publisher", "create", "configmaps", "kube-root-ca.crt", true)]
    [InlineData("root-ca-cert-publisher", "update", "configmaps", "kube-root-ca.crt", false)]
    [InlineData("root-ca-cert-publisher", "create", "configmaps", "other", false)]
    [InlineData("job-controller", "deletecollection", "networkpolicies", "", false)]
    public void Is_BeginningOrEndOfANamespace_IsAWriteBackOfThatController(string controller, string verb, string resource, string name, bool expected)
    {
        EventJson act = By(controller) with { Verb = verb, Resource = resource, Name = name, Code = 200 };

        Assert.Equal(expected, IsWriteBack(act));
        Assert.False(IsWriteBack(act with { UserAgent = "curl/8.5.0" }));
        Assert.False(IsWriteBack(act with { Namespace = "" }));
    }

    [Fact]
    public void Is_UpdateOfWhatItMade_IsAWriteBackAndNotJudged()
    {
        EventJson update = Made("deployment-controller", "replicasets", "Deployment", "apps/v1", "web", "web-7d9c5b8f4") with { Verb = "update", Code = 200 };

        Assert.True(IsWriteBack(update));
        Assert.Null(SeverityOf(update));
    }

    [Theory]
    [InlineData("deployment-controller", "deployments")]
    [InlineData("deployment-controller", "daemonsets")]
    [InlineData("generic-garbage-collector", "deployments")]
    [InlineData("horizontal-pod-autoscaler", "deployments")]
    public void Is_SpecificationOfAnother_IsItsOwnAct(string controller, string resource)
    {
        EventJson patch = By(controller) with { Verb = "patch", Resource = resource, Code = 200, RequestObject = $$"""{"spec":{"template":{"spec":{{Spec}} } } }""" };

        Assert.False(IsWriteBack(patch));
        Assert.Equal(Severity.High, SeverityOf(patch));
    }

    [Theory]
    [InlineData("generic-garbage-collector", """{"metadata":{"ownerReferences":[]}}""", true)]
    [InlineData("job-controller", """{"metadata":{"$deleteFromPrimitiveList/finalizers":["batch.kubernetes.io/job-tracking"]}}""", true)]
    [InlineData("job-controller", """[{"op":"copy","from":"/spec/a","path":"/spec/hostPID"}]""", false)]
    [InlineData("shop-controller", """{"metadata":{}}""", false)]
    public void Is_PatchOfWhatIsAroundTheSpecification_IsAWriteBack(string controller, string body, bool expected) =>
        Assert.Equal(expected, IsWriteBack(By(controller) with { Verb = "patch", Code = 200, RequestObject = body }));

    [Theory]
    [InlineData("system:serviceaccount:shop:replicaset-controller")]
    [InlineData("jane@example.org")]
    public void Is_SomebodyElse_IsNotAWriteBack(string user) => Assert.False(IsWriteBack(
        Made("replicaset-controller", "pods", "ReplicaSet", "apps/v1", "web-7d9c5b8f4", "web-7d9c5b8f4-") with { User = user, UserAgent = "kube-controller-manager/v1/" + user }));

    private static EventJson By(string controller) => new()
    {
        User = Account + controller,
        UserAgent = $"kube-controller-manager/v1.35.0 (linux/amd64) kubernetes/abcdef/{Account}{controller}",
        SourceIPs = ["10.224.0.4"],
    };

    private static EventJson Made(string controller, string resource, string kind, string version, string owner, string name)
    {
        string named = name.EndsWith('-') ? "generateName" : "name";
        string spec = resource == "pods" ? Spec : $$"""{"template":{"spec":{{Spec}} } }""";
        return By(controller) with
        {
            Resource = resource,
            Name = "",
            RequestObject = $$"""{"metadata":{"{{named}}":"{{name}}","ownerReferences":[{"apiVersion":"{{version}}","kind":"{{kind}}","name":"{{owner}}","uid":"{{OwnerId}}","controller":true}]},"spec":{{spec}}}""",
        };
    }

    private static bool IsWriteBack(EventJson json) => IsWriteBack(json.ToString());

    private static bool IsWriteBack(string json)
    {
        Assert.Equal(AuditParseStatus.Parsed, new AuditEventParser().Parse(Encoding.UTF8.GetBytes(json), "test", DateTimeOffset.UnixEpoch, out AuditEvent? audit));
        using EventView view = new(audit!);
        return ControllerWriteBack.Is(view);
    }

    private static Severity? SeverityOf(EventJson json)
    {
        List<Detection> found = [];
        new Judge(Rules, null, 10).Add(json.ToEvent(), new Evidence("raw", 1), found);
        return found.Count == 0 ? null : Assert.Single(found).Severity;
    }
}
