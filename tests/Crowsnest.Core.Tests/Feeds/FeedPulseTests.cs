using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Intake;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Feeds;

public sealed class FeedPulseTests
{
    [Fact]
    public void Of_Batch_SaysWhatItsEventsHaveInThem()
    {
        DateTimeOffset arrived = new(2026, 11, 2, 10, 5, 0, TimeSpan.Zero);
        string[] records =
        [
            new EventJson { Verb = "create", Subresource = "", Resource = "pods", RequestObject = """{"spec":{}}""" }.ToAksRecord(),
            new EventJson { AuditId = "b", Verb = "create", Subresource = "", Resource = "secrets" }.ToAksRecord("kube-audit-admin"),
            EventJson.AksRecord("I1102 scheduler", "kube-scheduler"),
            EventJson.AksRecord("x", "a category, with a comma"),
        ];
        using IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "prod").Read(
            new HubMessage(Encoding.UTF8.GetBytes($$"""{"records":[{{string.Join(',', records)}}]}"""), 1, arrived), batch);

        FeedPulse pulse = Assert.Single(FeedPulse.Of(batch)).Value;

        Assert.Equal(["kube-audit", "kube-audit-admin", "kube-scheduler", "other"], pulse.Categories);
        Assert.Equal(arrived, pulse.LatestArrival);
        Assert.False(pulse.Facts.HasReads);
        Assert.Equal(["pods", "secrets"], pulse.Facts.Written);
        Assert.Equal(["pods"], pulse.Facts.WithBody);
        Assert.True(pulse.Volume is { Bytes: > 0, Reads: 0 });
    }
}
