using System.Text;
using Crowsnest.Testing;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>The digest, through the function app.</summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed class DigestTests(LocalStackFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Digest_AskedTwice_IsOneMailWithItsChart()
    {
        byte[] message = Encoding.UTF8.GetBytes(new EventJson { AuditId = "digested", Verb = "get", Code = 200 }.ToString());
        await fixture.SendAsync([message], 1, first: 95_000, partition: 0, TimeProvider.System.GetUtcNow().AddMinutes(-5));
        for (int i = 0; i < 2; i++)
        {
            await fixture.RunTimerAsync("SendDigest");
        }

        MimeMessage mail = Assert.Single(
            Directory.EnumerateFiles(fixture.Mails, "*.eml").Select(static file => MimeMessage.Load(file)),
            static mail => mail.Subject!.StartsWith("[Digest]", StringComparison.Ordinal));
        Assert.Contains("  default: ", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("cid:chart@crowsnest", mail.HtmlBody, StringComparison.Ordinal);
        MimePart chart = Assert.Single(mail.BodyParts.OfType<MimePart>(), static part => part.ContentId == "chart@crowsnest");
        using MemoryStream png = new();
        await chart.Content!.DecodeToAsync(png, Cancellation);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png.ToArray()[..4]);
    }
}
