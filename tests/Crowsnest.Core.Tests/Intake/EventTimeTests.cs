using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Intake;

public sealed class EventTimeTests
{
    private static readonly DateTimeOffset Arrived = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("\"2026-11-02T09:00:00Z\"", "09:00:00.0000000")]
    [InlineData("\"2026-11-02T09:00:00.123456789Z\"", "09:00:00.1234567")]
    [InlineData("\"2026-11-02T14:45:00+05:45\"", "09:00:00.0000000")]
    [InlineData("\"2026-11-02T09:00:00-00:00\"", "09:00:00.0000000")]
    [InlineData("\"2026-11-02 09:00:00Z\"", "09:00:00.0000000")]
    [InlineData("\"2026-11-02T08:59:60Z\"", "08:59:59.0000000")]
    [InlineData("1793610000", "09:00:00.0000000")]
    [InlineData("1793610000.5", "09:00:00.5000000")]
    [InlineData("1793610000123", "09:00:00.1230000")]
    [InlineData("1793610000123456789", "09:00:00.1234567")]
    [InlineData("\"0001-01-01T00:00:00Z\"", "10:00:00.0000000")]
    [InlineData("\"1600-12-31T23:59:59Z\"", "10:00:00.0000000")]
    [InlineData("\"9999-12-31T23:59:59Z\"", "10:00:00.0000000")]
    [InlineData("\"2026-11-02T09:00:00+99:00\"", "10:00:00.0000000")]
    [InlineData("null", "10:00:00.0000000")]
    [InlineData("-1e400", "10:00:00.0000000")]
    [InlineData("5", "10:00:00.0000000")]
    public void Read_AnyTime_IsThatOrTheArrival(string time, string expected)
    {
        AuditEvent audit = Assert.Single(Read(With("requestReceivedTimestamp", time), Arrived));

        Assert.Equal($"2026-11-02 {expected}", audit.Time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fffffff", System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Read_EventOfAnOldVersion_HasTheTimeOfItsTimestamp()
    {
        AuditEvent audit = Assert.Single(Read(With("timestamp", "\"2017-07-01T00:00:00Z\"").Replace("/v1", "/v1alpha1", StringComparison.Ordinal), Arrived));

        Assert.Equal(2017, audit.Time.Year);
    }

    [Theory]
    [InlineData(4, false)]
    [InlineData(6, true)]
    [InlineData(60 * 24 * 365 * 900, true)]
    public void Read_EventAheadOfItsArrival_IsJudgedByThat(int minutes, bool isJudged)
    {
        EventJson json = new() { Time = Arrived.AddMinutes(minutes) };

        AuditEvent audit = Assert.Single(Read(json.ToString(), Arrived));

        Assert.Equal(isJudged ? Arrived : json.Time, audit.Time);
        Assert.Equal(json.Time, audit.ClaimedTime);
        Assert.Equal(RequestKey.Of(json.ToEvent() is { } own ? Named(own, "default") : audit), RequestKey.Of(audit));
    }

    [Fact]
    public void Read_FileWithEventsWithoutATime_GivesThemThatOfTheirNeighbours()
    {
        string without = With("x", "1");
        EventJson known = new() { AuditId = "2", Time = Arrived };

        List<AuditEvent> events = Read($"{without}\n{known}\n{without.Replace("\"a\"", "\"b\"", StringComparison.Ordinal)}", default);

        Assert.All(events, static audit => Assert.Equal(Arrived, audit.Time));
        Assert.Equal(DateTimeOffset.UnixEpoch, Assert.Single(Read(without, default)).Time);
    }

    private static AuditEvent Named(AuditEvent audit, string cluster)
    {
        audit.Cluster = cluster;
        return audit;
    }

    private static string With(string name, string value) =>
        $$"""{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"a","stage":"ResponseComplete","verb":"get","requestURI":"/x","{{name}}":{{value}}}""";

    private static List<AuditEvent> Read(string message, DateTimeOffset arrived)
    {
        using IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "default").Read(new HubMessage(Encoding.UTF8.GetBytes(message), 1, arrived), batch);
        return [.. batch.Records.Select(static record => record.Event!)];
    }
}
