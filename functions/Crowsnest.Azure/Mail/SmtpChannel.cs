using Crowsnest.Core.Alerting;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Crowsnest.Azure.Mail;

/// <summary>Sends mails over SMTP, with STARTTLS unless it is switched off.</summary>
public sealed class SmtpChannel(IOptions<MailOptions> options, TimeProvider clock) : IAlertChannel
{
    public async Task SendAsync(AlertMail mail, CancellationToken cancellationToken)
    {
        MailOptions settings = options.Value;
        using MimeMessage message = MailComposer.Compose(mail, settings, clock.GetUtcNow());
        using SmtpClient client = new() { Timeout = settings.TimeoutSeconds * 1000 };
        SecureSocketOptions security = !settings.RequireTls ? SecureSocketOptions.StartTlsWhenAvailable
            : settings.Port == 465 ? SecureSocketOptions.SslOnConnect
            : SecureSocketOptions.StartTls;
        await client.ConnectAsync(settings.Host, settings.Port, security, cancellationToken);
        if (settings.Username.Length > 0)
        {
            await client.AuthenticateAsync(settings.Username, settings.Password, cancellationToken);
        }

        await client.SendAsync(message, cancellationToken);
        await client.DisconnectAsync(quit: true, cancellationToken);
    }
}
