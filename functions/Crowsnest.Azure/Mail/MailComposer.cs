using Crowsnest.Core.Alerting;
using MimeKit;

namespace Crowsnest.Azure.Mail;

/// <summary>Makes the MIME message of an alert.</summary>
internal static class MailComposer
{
    internal static MimeMessage Compose(AlertMail mail, MailOptions options, DateTimeOffset now)
    {
        MimeMessage message = new()
        {
            MessageId = mail.MessageId,
            Subject = mail.Subject,
            Date = now,
            Body = new BodyBuilder { TextBody = mail.Text, HtmlBody = mail.Html }.ToMessageBody(),
        };
        message.From.Add(MailboxAddress.Parse(options.From));
        foreach (string recipient in options.To.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
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
        message.Headers.Add("List-Id", "Crowsnest alerts <alerts.crowsnest>");
        return message;
    }
}
