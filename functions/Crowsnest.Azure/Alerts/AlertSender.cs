using Crowsnest.Azure.Mail;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Alerts;

/// <summary>Sends the alert about an incident, once however often it is asked to.</summary>
public sealed class AlertSender(
    DetectionTable detections,
    AlertTable alerts,
    IAlertChannel channel,
    ILogger<AlertSender> log)
{
    /// <summary>Sends. An exception means that the queue should bring the message again.</summary>
    /// <param name="key">The incident.</param>
    /// <param name="ticket">Id of the queue message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SendAsync(ActorDay key, string ticket, CancellationToken cancellationToken)
    {
        IReadOnlyList<Detection> found = await detections.ReadLinkedAsync(key, cancellationToken);
        if (found.Count == 0)
        {
            Log.IncidentHasNoDetections(log, key.Id, key.Cluster);
            return;
        }

        if (await alerts.ClaimAsync(key, ticket, cancellationToken) == AlertClaim.Granted)
        {
            await SendClaimedAsync(key, found, cancellationToken);
        }
    }

    private async Task SendClaimedAsync(ActorDay key, IReadOnlyList<Detection> found, CancellationToken cancellationToken)
    {
        AlertMail mail = AlertMailRenderer.Render(IncidentBuilder.Group(found)[0]);
        try
        {
            await channel.SendAsync(mail, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            await alerts.MarkFailedAsync(key, fault.Message, cancellationToken);
            throw;
        }

        await alerts.MarkSentAsync(key, mail.MessageId, cancellationToken);
        Log.AlertSent(log, key.Id, key.Cluster, mail.MessageId);
    }
}
