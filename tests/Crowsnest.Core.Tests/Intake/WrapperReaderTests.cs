using System.Text;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Intake;

public sealed class WrapperReaderTests
{
    private static readonly string Event = new EventJson().ToString();

    public static TheoryData<string, string> Shapes => ShipperShapes.All;

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Read_WhatShippersSend_GivesTheEvent(string shape, string message)
    {
        using IntakeBatch batch = Read(message);

        IntakeRecord record = Assert.Single(batch.Records);
        Assert.True(record.Outcome == IntakeOutcome.Parsed, $"{shape}: {record.Outcome} {record.Reason}");
        AuditEvent audit = record.Event!;
        Assert.Equal(new EventJson().AuditId, audit.AuditId);
        Assert.Equal(("create", "jane@example.org", 201), (audit.Verb, audit.Principal, audit.ResponseCode));
        Assert.Equal(("pods", "shop", "web", "v1"), (audit.ObjectRef.Resource, audit.ObjectRef.Namespace, audit.ObjectRef.Name, audit.ObjectRef.ApiVersion));
        Assert.Equal("allow", audit.Annotation("authorization.k8s.io/decision"));
        Assert.Equal("198.51.100.7", audit.ClientAddress);
        Assert.Equal(new EventJson().Time, audit.Time);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Read_ArchivedRecord_GivesTheEventAgain(string shape, string message)
    {
        using IntakeBatch batch = Read(message);

        using IntakeBatch again = Read(Encoding.UTF8.GetString(batch.Records[0].Raw.Span).ReplaceLineEndings(" "));

        Assert.True(again.Counts == new IntakeCounts(1, 0, 0, 0, 0), $"{shape}: {again.Counts}");
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Show_SecretInAWrapper_IsTakenOut(string shape, string message)
    {
        string secret = new EventJson { Resource = "secrets", RequestObject = """{"data":{"a":"cGxhbnRlZA"}}""" }.ToString();
        Assert.DoesNotContain("cGxhbnRlZA", EvidenceText.Of(Encoding.UTF8.GetBytes($$"""{"log":{"offset":1},"message":{{System.Text.Json.JsonSerializer.Serialize(secret)}},"copy":{{secret}}}""")).Text, StringComparison.Ordinal);

        (string text, IReadOnlyList<string> ids) = EvidenceText.Of(Encoding.UTF8.GetBytes(message));

        Assert.True(ids.Count == 1 && text.Contains(new EventJson().AuditId, StringComparison.Ordinal), shape);
    }

    [Theory]
    [InlineData("AKSAudit", "prod-")]
    [InlineData("AzureDiagnostics", "prod-")]
    [InlineData("CloudWatch subscription", "prod-")]
    public void Read_WrapperThatNamesACluster_IsOfIt(string shape, string cluster)
    {
        using IntakeBatch batch = Read(ShipperShapes.All.Single(row => row.Data.Item1 == shape).Data.Item2);

        Assert.StartsWith(cluster, Assert.Single(batch.Records).Cluster, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_SubscriptionWithOtherStreams_CountsEachOnce()
    {
        using IntakeBatch batch = Read($$"""
            {"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"CWL CONTROL MESSAGE: audit"}]}
            {"logGroup":"/aws/eks/prod/cluster","logStream":"authenticator-0a1","logEvents":[{"message":"level=info audit"},{"message":"x"}]}
            {"logGroup":"/aws/eks/prod/cluster","logStream":"kube-apiserver-audit-0a1","logEvents":[{"message":{{System.Text.Json.JsonSerializer.Serialize(Event)}}},{"message":"audit cut"}]}
            """);

        Assert.Equal(new IntakeCounts(1, 0, 0, 3, 1), batch.Counts);
    }

    [Fact]
    public void Read_EventCutInAWrapper_IsSalvaged()
    {
        string whole = $$"""{"host":"m","message":{{System.Text.Json.JsonSerializer.Serialize(Event)}}}""";

        using IntakeBatch batch = Read(whole[..^100]);

        Assert.Equal(new IntakeCounts(0, 1, 0, 0, 0), batch.Counts);
    }

    [Fact]
    public void Read_PrefixedLines_CostOnlyThemselves()
    {
        string other = new EventJson { AuditId = "2" }.ToString();

        using IntakeBatch batch = Read($"2026-11-02T10:00:00Z {Event}\n2026-11-02T10:00:00Z {Event[..200]}\nI1102 klog {{\"a\"}}\nmore klog\n2026-11-02T10:00:00Z {other}\n");

        Assert.Equal(new IntakeCounts(2, 1, 0, 0, 1), batch.Counts);
    }

    [Fact]
    public void Read_SeveralEventsInOneText_AreAllRead()
    {
        using IntakeBatch batch = Read($$"""{"message":{{System.Text.Json.JsonSerializer.Serialize($"{Event}\n{new EventJson { AuditId = "2" }}\n")}}}""");

        Assert.Equal(2, batch.Counts.Parsed);
    }

    [Fact]
    public void Read_ListWithAValueALine_InPieces_GivesEachOnce()
    {
        using IntakeBatch batch = Read($"[\n{Event},\n");
        using IntakeBatch rest = Read($"{new EventJson { AuditId = "2" }},\n{new EventJson { AuditId = "3" }}\n]\n");

        Assert.Equal(new IntakeCounts(1, 0, 0, 0, 0), batch.Counts);
        Assert.Equal(new IntakeCounts(2, 0, 0, 0, 0), rest.Counts);
    }

    [Theory]
    [InlineData("""{"protoPayload":{"@type":"type.googleapis.com/google.cloud.audit.AuditLog","methodName":"io.k8s.core.v1.pods.create","request":{"auditID":"a","stage":"Panic","verb":"get"}}}""")]
    [InlineData("""{"message":"{\"protopayload_auditlog\":{\"serviceName\":\"k8s.io\"}}"}""")]
    public void Read_GoogleCloudAuditLog_IsNamed(string message)
    {
        using IntakeBatch batch = Read(message);

        Assert.Equal(QuarantineReason.GoogleCloudAudit, Assert.Single(batch.Records).Reason);
    }

    [Theory]
    [InlineData("""{"message":"the audit of {\"verb\":\"get\"}"}""", QuarantineReason.UnknownShape)]
    [InlineData("""{"message":"{\"auditID\":\"a\",\"verb\":\"get\"}"}""", QuarantineReason.UnknownShape)]
    [InlineData("""{"logEvents":[{"message":"audit"},{"message":"audit"}]}""", QuarantineReason.UnknownShape)]
    public void Read_TextThatSaysTooLittle_IsNoEvent(string message, QuarantineReason reason)
    {
        using IntakeBatch batch = Read(message);

        Assert.Equal(reason, Assert.Single(batch.Records).Reason);
    }

    private static IntakeBatch Read(string message)
    {
        IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(Encoding.UTF8.GetBytes(message), 1, DateTimeOffset.UnixEpoch), batch);
        return batch;
    }
}
