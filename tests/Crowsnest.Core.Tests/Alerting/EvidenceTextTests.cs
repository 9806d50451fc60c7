using System.Text;
using Crowsnest.Core.Alerting;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Alerting;

public sealed class EvidenceTextTests
{
    [Fact]
    public void Of_RecordOfAks_ShowsTheEventAsLinesAndNotAsAString()
    {
        string text = Of(new EventJson { Verb = "list", Resource = "pods" }.ToAksRecord());

        Assert.Contains("\n      \"verb\": \"list\",\n", text, StringComparison.Ordinal);
        Assert.Contains("\"category\": \"kube-audit\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_CharactersThatAreNotSeen_AreEscaped()
    {
        string text = Of(new EventJson { UserAgent = "\"J\u00fcrgen\"\u202e\u001b[31m\r\nend\U000E0041" }.ToString());

        Assert.Contains("\\\"J\u00fcrgen\\\"\\u202E\\u001B[31m\\r\\nend\\uDB40\\uDC41\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_RecordThatWasCut_IsShownAsFarAsItGoes()
    {
        string whole = new EventJson
        {
            UserAgent = "tool/1 password=hunter2 \u202e",
            RequestObject = "{\"a\":\"" + new string('x', 500) + "\"}",
        }.ToString();

        string text = Of(EventJson.AksRecord(whole[..^300]));

        Assert.Contains("jane@example.org", text, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\u202e', text);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("\u0000\u0001")]
    public void Of_NoRecord_DoesNotThrow(string line) => Assert.DoesNotContain('\u0001', Of(line));

    private static string Of(string line) => EvidenceText.Of(Encoding.UTF8.GetBytes(line)).Text;
}
