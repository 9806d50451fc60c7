using System.Globalization;
using Crowsnest.Azure.Channels;
using Crowsnest.Azure.Mail;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Digests;

/// <summary>Mails the daily digest, once a day however often it is asked to.</summary>
public sealed class DigestJob(
    DigestReader reader, AlertTable alerts, IMailTransport transport, TimeProvider clock, ILogger<DigestJob> log)
{
    private const string Name = "digest";

    private static readonly TimeSpan Covers = TimeSpan.FromDays(1);

    /// <summary>Writes and sends it. An exception means that the host should try again.</summary>
    /// <returns>What came of it, in one line.</returns>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        AlertMessage key = new(Name, DateOnly.FromDateTime(now.UtcDateTime), Name, Name, 1);
        switch (await alerts.ClaimAsync(key, IAlertChannel.MailName, transport.MayRepeat, cancellationToken))
        {
            case AlertClaim.Settled:
                return "today's digest has been sent";
            case AlertClaim.Busy:
                return "today's digest is being sent";
            case AlertClaim.Unsure:
                return "today's digest went out twice without an answer";
        }

        Delivery delivery = new(DeliveryOutcome.Temporary, "it could not be written");
        try
        {
            DigestContent digest = await reader.ReadAsync(now - Covers, now, cancellationToken);
            byte[]? chart = transport.ShowsPictures ? DigestChart.Draw(digest.Feeds, now, log) : null;
            AlertMail mail = DigestRenderer.Render(digest, chart is not null) with
            {
                Chart = chart is null ? null : new ReadOnlyMemory<byte>(chart),
            };
            delivery = await transport.SendAsync(mail, cancellationToken);
            if (delivery.Outcome == DeliveryOutcome.Accepted)
            {
                await alerts.SettleAsync(key, IAlertChannel.MailName, JournalKind.Sent, mail.MessageId, cancellationToken);
                return string.Create(
                    CultureInfo.InvariantCulture,
                    $"digest sent: {digest.Told.Count:N0} incidents told, {digest.OverBudget.Count:N0} held back");
            }
        }
        finally
        {
            if (delivery.Outcome != DeliveryOutcome.Accepted)
            {
                await alerts.ReleaseAsync(
                    key, IAlertChannel.MailName, delivery.Outcome == DeliveryOutcome.Unsure, delivery.Detail, cancellationToken);
            }
        }

        throw new IOException($"the digest could not be sent: {delivery.Detail}");
    }
}
