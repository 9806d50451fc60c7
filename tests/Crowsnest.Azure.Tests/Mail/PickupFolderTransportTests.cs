using Crowsnest.Azure.Mail;
using Crowsnest.Core.Alerting;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Crowsnest.Azure.Tests.Mail;

public sealed class PickupFolderTransportTests
{
    private static readonly AlertMail Mail = new("abc@crowsnest", null, "[High] prod: Größe, by jane", "the text", "<p>the html</p>");

    [Fact]
    public async Task Send_Mail_WritesOneFileHoweverOftenItIsSent()
    {
        string folder = Directory.CreateTempSubdirectory("crowsnest-mail-").FullName;
        MailOptions options = new() { PickupFolder = folder, To = "a@example.org, b@example.org" };
        PickupFolderTransport channel = new(Options.Create(options), TimeProvider.System);

        await channel.SendAsync(Mail, TestContext.Current.CancellationToken);
        await channel.SendAsync(Mail, TestContext.Current.CancellationToken);

        string file = Assert.Single(Directory.EnumerateFiles(folder));
        Assert.Equal("abc-crowsnest.eml", Path.GetFileName(file));
        using MimeMessage read = await MimeMessage.LoadAsync(file, TestContext.Current.CancellationToken);
        Assert.Equal(Mail.Subject, read.Subject);
        Assert.Equal("abc@crowsnest", read.MessageId);
        Assert.Equal(2, read.To.Count);
        Assert.Equal("the text", read.TextBody?.Trim());
        Assert.Equal("<p>the html</p>", read.HtmlBody?.Trim());
        Assert.Equal("auto-generated", read.Headers["Auto-Submitted"]);
    }
}
