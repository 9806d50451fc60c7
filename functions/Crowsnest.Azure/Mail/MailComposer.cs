using Crowsnest.Core.Alerting;
using MimeKit;
using MimeKit.Utils;

namespace Crowsnest.Azure.Mail;

/// <summary>Makes the MIME message of a mail.</summary>
internal static class MailComposer
{
    internal static MimeMessage Compose(AlertMail mail, MailOptions options, DateTimeOffset now)
    {
        BodyBuilder body = new() { TextBody = mail.Text, HtmlBody = mail.Html };
        if (mail.Chart is { } chart)
        {
            MimeEntity picture = body.LinkedResources.Add("chart.png", chart.ToArray(), new ContentType("image", "png"));
            picture.ContentId = MimeUtils.ParseMessageId(AlertMail.ChartId);
        }

        MimeMessage message = new()
        {
            MessageId = mail.MessageId,
            Subject = mail.Subject,
            Date = now,
            Body = body.ToMessageBody(),
        };
        message.From.Add(MailboxAddress.Parse(options.From));
        foreach (string recipient in options.Recipients)
        {
            message.To.Add(MailboxAddress.Parse(recipient));
        }

        if (mail.InReplyTo is { } first)
        {
            message.InReplyTo = first;
            message.References.Add(first);
        }

        // Keeps holiday replies from answering, and lets recipients filter (RFC 3834, RFC 2919).
        message.Headers.Add("Auto-Submitted", "auto-generated");
        message.Headers.Add("X-Auto-Response-Suppress", "All");
        message.Headers.Add("List-Id", "Crowsnest alerts <alerts.crowsnest>");
        return message;
    }
}
