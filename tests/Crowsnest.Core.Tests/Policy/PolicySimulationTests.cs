using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Policy;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Policy;

public sealed class PolicySimulationTests
{
    private static readonly RuleSet Rules = RuleSet.Load(Directory.GetFiles(RepositoryFiles.Rules, "*.yml")
        .Select(static file => (Path.GetFileName(file), File.ReadAllText(file))));

    [Theory]
    [InlineData("small.yaml")]
    [InlineData("kubeadm-like.yaml")]
    public void What_is_judged_once_is_found_as_if_it_were_judged_twice(string name)
    {
        AuditPolicy policy = AuditPolicy.Parse(File.ReadAllText(RepositoryFiles.Fixture("policy/" + name)));
        PolicySimulation simulation = PolicySimulation.Of(policy, Rules);
        JudgedCapture before = new(Rules, null, 10);
        JudgedCapture after = new(Rules, null, 10);
        AuditEventParser parser = new();
        foreach (AuditEvent audit in RecordedDay.Events())
        {
            Evidence evidence = new("day", 1);
            before.Add(audit, audit, evidence);
            if (simulation.Add(audit, evidence) is { } left)
            {
                // Read anew from the bytes that are left, as another program would.
                _ = parser.Parse(left.Json, audit.Cluster, audit.Time, out AuditEvent? again);
                Assert.Equal((left.AuditId, left.RequestUri, left.Level), (again!.AuditId, again.RequestUri, again.Level));
                Assert.True(left.RequestObject.Span.SequenceEqual(again.RequestObject.Span));
                Assert.True(left.ResponseObject.Span.SequenceEqual(again.ResponseObject.Span));
                after.Add(again, again, evidence);
            }
        }

        (IReadOnlyList<Detection> was, IReadOnlyList<Detection> will, _) = simulation.Finish();

        Assert.NotEqual(was.Count, will.Count);
        Assert.Equal(Ids(before.Finish().Before), Ids(was));
        Assert.Equal(Ids(after.Finish().Before), Ids(will));
    }

    [Fact]
    public void A_request_whose_first_event_goes_is_judged_by_the_next()
    {
        AuditPolicy policy = AuditPolicy.Parse("""
            apiVersion: audit.k8s.io/v1
            kind: Policy
            omitStages: [ResponseStarted]
            rules: [{level: Metadata}]
            """);
        PolicySimulation simulation = PolicySimulation.Of(policy, Rules);
        foreach (string stage in new[] { "ResponseStarted", "ResponseComplete" })
        {
            byte[] json = Encoding.UTF8.GetBytes(
                $$$"""{"level":"Metadata","auditID":"1","stage":"{{{stage}}}","requestURI":"/api/v1/namespaces/kube-system/pods/a/exec?command=sh","verb":"create","user":{"username":"eve"},"objectRef":{"resource":"pods","subresource":"exec","namespace":"kube-system","name":"a"},"responseStatus":{"code":101}}""");
            _ = new AuditEventParser().Parse(json, "c", DateTimeOffset.UnixEpoch, out AuditEvent? audit);
            _ = simulation.Add(audit!, new Evidence("x", 1));
        }

        (IReadOnlyList<Detection> before, IReadOnlyList<Detection> after, IReadOnlyList<LostDetection> lost) = simulation.Finish();

        Assert.NotEmpty(before);
        Assert.Equal(Ids(before), Ids(after));
        Assert.Empty(lost);
        Assert.Equal((2, 1), (simulation.Total.Events, simulation.Total.EventsLeft));
    }

    [Fact]
    public void Detections_of_dropped_events_are_told_by_rule_and_principal()
    {
        PolicySimulation simulation = PolicySimulation.Of(
            AuditPolicy.Parse(File.ReadAllText(RepositoryFiles.Fixture("policy/small.yaml"))), Rules);
        foreach (AuditEvent audit in RecordedDay.Events())
        {
            _ = simulation.Add(audit, new Evidence("day", 1));
        }

        Assert.NotEmpty(simulation.Dropped);
        Assert.All(simulation.Dropped, static pair => Assert.Equal(1, pair.Key.Rule));
    }

    private static string[] Ids(IEnumerable<Detection> found) =>
        [.. found.Select(static one => $"{one.Id} {one.Severity} {one.Principal}").Order(StringComparer.Ordinal)];
}
