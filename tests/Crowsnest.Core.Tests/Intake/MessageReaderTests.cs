using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Intake;

public sealed class MessageReaderTests
{
    [Fact]
    public void Read_MessageOfOneCluster_NoRecordNamesAnother()
    {
        using IntakeBatch batch = new();
        byte[] body = Encoding.UTF8.GetBytes(new EventJson().ToAksRecord());

        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(body, 1, default, "edge-1", IsOfOneCluster: true), batch);

        Assert.Equal("edge-1", Assert.Single(batch.Records).Cluster);
    }

    private static readonly string Event = new EventJson().ToString();
    private static readonly string Other = new EventJson { AuditId = "6f0c8b6e-0000-4000-8000-000000000002" }.ToString();

    public static TheoryData<string, string> Shapes => new()
    {
        { "records", $$"""{"records":[{{new EventJson().ToAksRecord()}}]}""" },
        { "bare record", new EventJson().ToAksRecord() },
        { "array of records", $"[{new EventJson().ToAksRecord()}]" },
        { "byte order mark", "\uFEFF" + new EventJson().ToAksRecord() },
        { "audit event", Event },
        { "event list", $$"""{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{{Event}}]}""" },
        { "log as an object", $$$"""{"category":"kube-audit","properties":{"log":{{{Event}}}}}""" },
        {
            "properties as a string",
            $$"""{"category":"kube-audit","properties":{{System.Text.Json.JsonSerializer.Serialize($$"""{"log":{{Event}}}""")}}}"""
        },
        { "properties alone", $$"""{"log":{{System.Text.Json.JsonSerializer.Serialize(Event)}},"stream":"stdout","pod":"x"}""" },
        { "printed over lines", "{\n  \"records\": [\n    " + new EventJson().ToAksRecord() + "\n  ]\n}\n" },
        { "unknown keys first", $$"""{"x":{"records":1},"y":[[]],"records":[{{new EventJson().ToAksRecord()}}],"z":null}""" },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Read_AnyShape_GivesTheEvent(string shape, string message)
    {
        using IntakeBatch batch = Read(message);

        IntakeRecord record = Assert.Single(batch.Records);
        Assert.True(record.Outcome == IntakeOutcome.Parsed, shape);
        Assert.Equal("jane@example.org", record.Event!.Principal);
    }

    [Fact]
    public void Read_JsonLines_GivesEveryEvent()
    {
        using IntakeBatch batch = Read($"{Event}\n{Other}\r\n");

        Assert.Equal(2, batch.Counts.Parsed);
    }

    [Fact]
    public void Read_BrokenLineBetweenGoodOnes_CostsOnlyItself()
    {
        using IntakeBatch batch = Read($"{Event}\n{{\"kind\": nonsense}}\n{Other}");

        Assert.Equal(new IntakeCounts(2, 0, 0, 0, 1), batch.Counts);
        Assert.Equal("{\"kind\": nonsense}", Encoding.UTF8.GetString(batch.Records[1].Raw.Span));
    }

    [Theory]
    [InlineData("", QuarantineReason.Empty)]
    [InlineData(" \n ", QuarantineReason.Empty)]
    [InlineData("\uFEFF", QuarantineReason.Empty)]
    [InlineData("I1102 10:00:00.000000       1 trace.go:205] Trace[1]: \"List\"", QuarantineReason.NotJson)]
    [InlineData("{\"records\":[{\"category\":\"kube-audit\",\"prop", QuarantineReason.CutJson)]
    [InlineData("\"some text\"", QuarantineReason.UnknownShape)]
    [InlineData("{\"hello\":\"world\"}", QuarantineReason.UnknownShape)]
    [InlineData("{\"category\":\"kube-audit\",\"properties\":{\"log\":\"klog text\"}}", QuarantineReason.NotAnAuditEvent)]
    [InlineData("{\"category\":\"kube-audit\",\"properties\":{\"log\":\"\\ud800\"}}", QuarantineReason.NotAnAuditEvent)]
    public void Read_Unreadable_IsQuarantinedWithTheReason(string message, QuarantineReason reason)
    {
        using IntakeBatch batch = Read(message);

        IntakeRecord record = Assert.Single(batch.Records);
        Assert.Equal(IntakeOutcome.Quarantined, record.Outcome);
        Assert.Equal(reason, record.Reason);
    }

    [Fact]
    public void Read_MessageCutBehindALog_SalvagesItsRecord()
    {
        string whole = $$"""{"records":[{{new EventJson().ToAksRecord()}},{{new EventJson { AuditId = "b" }.ToAksRecord()}}]}""";

        using IntakeBatch batch = Read(whole[..^60]);

        Assert.Equal(new IntakeCounts(1, 1, 0, 0, 0), batch.Counts);
    }

    [Fact]
    public void Read_MessageCutBeforeALog_KeepsTheWholeRecords()
    {
        string first = new EventJson().ToAksRecord();

        using IntakeBatch batch = Read($$"""{"records":[{{first}},{{first[..80]}}""");

        Assert.Equal(new IntakeCounts(1, 0, 0, 0, 1), batch.Counts);
        Assert.Equal(first[..80], Encoding.UTF8.GetString(batch.Records[1].Raw.Span));
    }

    [Fact]
    public void Read_GzipMessage_IsUnpacked()
    {
        using MemoryStream packed = new();
        using (System.IO.Compression.GZipStream zip = new(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
        {
            zip.Write(Encoding.UTF8.GetBytes(Event));
        }

        using IntakeBatch batch = Read(packed.ToArray());

        Assert.Equal(1, batch.Counts.Parsed);
    }

    [Fact]
    public void Read_LoneSurrogateInOneRecord_LeavesItsNeighbours()
    {
        string bad = """{"category":"kube-audit","properties":{"log":"\ud800"}}""";

        using IntakeBatch batch = Read($$"""{"records":[{{bad}},{{new EventJson().ToAksRecord()}}]}""");

        Assert.Equal(new IntakeCounts(1, 0, 0, 0, 1), batch.Counts);
    }

    [Fact]
    public void Read_DeepRecord_LeavesItsNeighbours()
    {
        string deep = string.Concat(Enumerable.Repeat("[", 100_000)) + new string(']', 100_000);

        using IntakeBatch batch = Read($$"""{"records":[{"x":{{deep}}},{{new EventJson().ToAksRecord()}}]}""");

        Assert.Equal(new IntakeCounts(1, 0, 0, 0, 1), batch.Counts);
    }

    [Fact]
    public void Read_OtherCategory_IsCountedAndNotParsed()
    {
        using IntakeBatch batch = Read(EventJson.AksRecord("I1102 klog text", "kube-controller-manager"));

        Assert.Equal(new IntakeCounts(0, 0, 0, 1, 0), batch.Counts);
    }

    [Fact]
    public void Read_SameEventInTwoCategories_IsADuplicate()
    {
        string both = $$"""{"records":[{{new EventJson().ToAksRecord()}},{{new EventJson().ToAksRecord("kube-audit-admin")}}]}""";

        using IntakeBatch batch = Read(both);

        Assert.Equal(new IntakeCounts(1, 0, 1, 0, 0), batch.Counts);
    }

    [Fact]
    public void Read_CutLog_IsSalvaged()
    {
        string log = new EventJson { RequestObject = $$"""{"a":"{{new string('x', 20_000)}}"}""" }.ToString()[..16_384];

        using IntakeBatch batch = Read(EventJson.AksRecord(log));

        IntakeRecord record = Assert.Single(batch.Records);
        Assert.Equal(IntakeOutcome.Salvaged, record.Outcome);
        Assert.True(record.Event!.Truncated);
        Assert.Equal(new DateTimeOffset(2026, 11, 2, 10, 0, 1, TimeSpan.Zero).AddTicks(9_951_914), record.Event.Time);
    }

    [Fact]
    public void Read_RealMessageOfAKS_GivesItsRecords()
    {
        using IntakeBatch batch = Read(File.ReadAllBytes(RepositoryFiles.Fixture("aks/sysdig_event2.json")));

        Assert.Equal(22, batch.Counts.Parsed);
        Assert.Equal(22, batch.Counts.Total);
        Assert.All(batch.Records, static record => Assert.StartsWith("kubetest-", record.Cluster, StringComparison.Ordinal));
        Assert.Equal(11, batch.Records.Count(static record => record.Event!.Principal == "aksService"));
    }

    [Theory]
    [InlineData("aks/sysdig_eventhub_event.json", 1, 0)]
    [InlineData("aks/dynatrace_kube_audit_record.json", 1, 0)]
    [InlineData("aks/dynatrace_kube_controller_manager_record.json", 0, 1)]
    public void Read_RealRecords_AreRead(string fixture, int parsed, int other)
    {
        using IntakeBatch batch = Read(File.ReadAllBytes(RepositoryFiles.Fixture(fixture)));

        Assert.Equal(new IntakeCounts(parsed, 0, 0, other, 0), batch.Counts);
    }

    private static IntakeBatch Read(string message) => Read(Encoding.UTF8.GetBytes(message));

    private static IntakeBatch Read(byte[] message)
    {
        IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(message, 1, DateTimeOffset.UnixEpoch), batch);
        return batch;
    }
}
