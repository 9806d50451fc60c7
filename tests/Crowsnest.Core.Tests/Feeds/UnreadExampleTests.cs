using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Tests.Judging;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Feeds;

/// <summary>What could not be read may hold anything; what an alert shows of it must hold no credential.</summary>
public sealed class UnreadExampleTests
{
    [Fact]
    public void Of_PlainText_IsShownInOneLine() =>
        Assert.Equal("30 bytes, not JSON: E1102 a line of klog at boot", ExampleOf("E1102 a line of\nklog  at boot\n"u8.ToArray()));

    [Theory]
    [InlineData("""{"app":"shop","password":"correcthorse","level":"info"}""", "correcthorse")]
    [InlineData("""{"app":"shop","password":"correcthorse","level":"in""", "correcthorse")]
    [InlineData("E1102 dial https://joe:correcthorse@db.example.org", "correcthorse")]
    [InlineData("""{"kind":"Event","requestObject":{"kind":"Secret","data":{"a":"aGVsbG8="}""", "aGVsbG8")]
    [InlineData("""{"objectRef":{"resource":"tokenreviews"},"requestObject":{"spec":{"x":"aGVsbG8""", "aGVsbG8")]
    [InlineData("""{"objectRef":{"resource":"\u0073ecrets"},"requestObject":{"data":{"x":"aGVsbG8""", "aGVsbG8")]
    [InlineData("Authorization: Bearer abcdefgh.ijklmnop", "ijklmnop")]
    public void Of_Credential_IsNotShown(string text, string credential)
    {
        string example = ExampleOf(Encoding.UTF8.GetBytes(text));

        Assert.Contains($"{Encoding.UTF8.GetByteCount(text):N0} bytes", example, StringComparison.Ordinal);
        Assert.DoesNotContain(credential, example, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_PlantedCredentials_ShowsNone()
    {
        List<string> shown = [];
        foreach ((string line, string value) in PlantedCredentials.All)
        {
            // As nothing that can be read: cut before its end, inside a line of text, and begun so late that the value would be shown.
            int at = line.IndexOf(value, StringComparison.Ordinal);
            foreach (string text in new[] { line[..^1], "E1102 " + line, line[Math.Max(0, at - 80)..] })
            {
                string example = ExampleOf(Encoding.UTF8.GetBytes(text), QuarantineReason.CutJson);
                if (at >= 0 && example.Contains(value, StringComparison.Ordinal))
                {
                    shown.Add(example);
                }
            }
        }

        Assert.Empty(shown);
    }

    [Fact]
    public void Of_CredentialBehindTheFirstKilobytes_IsNotCutInTwo()
    {
        string text = "x " + string.Concat(Enumerable.Repeat("password=aaaaaaaaaa ", 409)) + "password=correcthorsebatterystaple";

        Assert.DoesNotContain("correct", ExampleOf(Encoding.UTF8.GetBytes(text)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(new byte[] { 0x1F, 0x8B, 8, 0, 1, 2, 3 })]
    [InlineData(new byte[] { (byte)'a', 0, (byte)'b' })]
    [InlineData(new byte[] { (byte)'a', 0x1B, (byte)'[' })]
    [InlineData(new byte[] { 0xC3, 0x28 })]
    public void Of_NoText_SaysSizeAndReasonOnly(byte[] raw) => Assert.Equal($"{raw.Length} bytes, not JSON", ExampleOf(raw));

    [Fact]
    public void Of_Batch_TellsTheFirstAndCountsBesideTheAuditEvents()
    {
        string[] records =
        [
            new EventJson().ToAksRecord(), new EventJson().ToAksRecord("kube-audit-admin"), EventJson.AksRecord("E1102 klog"),
            EventJson.AksRecord("I1102 scheduler", "kube-scheduler"), EventJson.AksRecord("E1102 more klog"),
        ];
        using IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "prod").Read(
            new HubMessage(Encoding.UTF8.GetBytes($$"""{"records":[{{string.Join(',', records)}}]}"""), 1, DateTimeOffset.UnixEpoch), batch);

        FeedUnread unread = Assert.Single(FeedPulse.Of(batch)).Value.Unread;

        Assert.Equal((2, 2, 0.5), (unread.Audit, unread.Unread, unread.Share));
        Assert.StartsWith($"{records[2].Length} bytes, no audit event: …\"log\":\"E1102 klog\"", unread.Example, StringComparison.Ordinal);
        Assert.True(unread.Example.Length < 250);
    }

    private static string ExampleOf(byte[] raw, QuarantineReason reason = QuarantineReason.NotJson) =>
        UnreadExample.Of(new IntakeRecord(raw, IntakeOutcome.Quarantined, reason, "prod", null));
}
