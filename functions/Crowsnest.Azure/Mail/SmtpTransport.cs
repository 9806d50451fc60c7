using System.Security.Cryptography.X509Certificates;
using Crowsnest.Azure.Channels;
using Crowsnest.Core.Alerting;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Crowsnest.Azure.Mail;

/// <summary>Sends mails over SMTP, with STARTTLS unless it is switched off.</summary>
public sealed class SmtpTransport(IOptions<MailOptions> options, TimeProvider clock) : IMailTransport
{
    // Connecting, greeting, TLS, signing in and sending, each of which may take the timeout.
    private const int MostPauses = 3;

    public bool MayRepeat => false;

    public bool ShowsPictures => true;

    public async Task<Delivery> SendAsync(AlertMail mail, CancellationToken cancellationToken)
    {
        MailOptions settings = options.Value;
        using MimeMessage message = MailComposer.Compose(mail, settings, clock.GetUtcNow());
        using RelayClient client = new() { Timeout = settings.TimeoutSeconds * 1000 };
        if (settings.CertificateAuthority.Length > 0)
        {
            Trust(client, settings.CertificateAuthority);
        }

        // A server that answers a byte at a time keeps within every single timeout.
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(TimeSpan.FromSeconds(settings.TimeoutSeconds * MostPauses));
        Progress progress = new();
        try
        {
            await client.ConnectAsync(settings.Host, settings.Port, SecurityOf(settings), late.Token);
            if (settings.Username.Length > 0)
            {
                await client.AuthenticateAsync(settings.Username, settings.Password, late.Token);
            }

            string answer = await client.SendAsync(message, late.Token, progress);
            Delivery delivery = new(
                DeliveryOutcome.Accepted,
                client.Refusals.Count == 0 ? answer : $"{answer}; refused: {string.Join(", ", client.Refusals)}");
            await LeaveAsync(client, late.Token);
            return delivery;
        }
        catch (SmtpCommandException refused)
        {
            // A server says no with 5xx for good and with 4xx for now (RFC 5321, 4.2.1). What it says to us, before it knows of
            // the mail, is about us: that is mended, and the mail waits.
            bool forNow = (int)refused.StatusCode < 500 || client.RefusedForNow || refused.ErrorCode == SmtpErrorCode.UnexpectedStatusCode;
            string said = client.Refusals.Count > 0 ? string.Join(", ", client.Refusals) : $"{(int)refused.StatusCode} {refused.Message}";
            return new Delivery(forNow ? DeliveryOutcome.Temporary : DeliveryOutcome.Refused, said);
        }
#pragma warning disable CA1031 // A wrong password, a server without TLS, a broken line:
        // all is mended by others, and the mail waits for that.
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            return new Delivery(
                progress.HasGoneOut ? DeliveryOutcome.Unsure : DeliveryOutcome.Temporary,
                $"{fault.GetType().Name}: {fault.Message}");
        }
    }

    // The mail has been taken; whatever happens now is no failure of it.
    private static async Task LeaveAsync(SmtpClient client, CancellationToken cancellationToken)
    {
        try
        {
            await client.DisconnectAsync(quit: true, cancellationToken);
        }
#pragma warning disable CA1031 // See above.
        catch (Exception)
#pragma warning restore CA1031
        {
        }
    }

    private static SecureSocketOptions SecurityOf(MailOptions settings) =>
        !settings.RequireTls ? SecureSocketOptions.StartTlsWhenAvailable
        : settings.Port == 465 ? SecureSocketOptions.SslOnConnect
        : SecureSocketOptions.StartTls;

    // A relay inside a company often has a certificate of its own authority.
    private static void Trust(SmtpClient client, string path)
    {
        X509Certificate2Collection roots = [];
        roots.ImportFromPemFile(path);
        client.CheckCertificateRevocation = false;
        client.ServerCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            if (certificate is null || errors.HasFlag(System.Net.Security.SslPolicyErrors.RemoteCertificateNameMismatch))
            {
                return false;
            }

            using X509Chain chain = new();
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
            chain.ChainPolicy.CustomTrustStore.AddRange(roots);
            using X509Certificate2 server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
            return chain.Build(server);
        };
    }

    /// <summary>One recipient that is refused does not keep the mail from the others.</summary>
    private sealed class RelayClient : SmtpClient
    {
        internal List<string> Refusals { get; } = [];

        internal bool RefusedForNow { get; private set; }

        protected override void OnRecipientNotAccepted(MimeMessage message, MailboxAddress mailbox, SmtpResponse response)
        {
            RefusedForNow |= (int)response.StatusCode < 500;
            Refusals.Add($"{mailbox.Address} ({(int)response.StatusCode} {SafeText.OneLine(response.Response)})");
        }
    }

    /// <summary>Knows whether any of the message has been sent: before that, a failure is no doubt.</summary>
    private sealed class Progress : ITransferProgress
    {
        internal bool HasGoneOut { get; private set; }

        public void Report(long bytesTransferred, long totalSize) => HasGoneOut |= bytesTransferred > 0;

        public void Report(long bytesTransferred) => HasGoneOut |= bytesTransferred > 0;
    }
}
