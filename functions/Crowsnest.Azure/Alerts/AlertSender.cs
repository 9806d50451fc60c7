using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Mail;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Alerts;

/// <summary>Sends the alerts about an incident, each once however often it is asked to.</summary>
public sealed class AlertSender(
    IncidentReader incidents,
    AlertTable alerts,
    IAlertChannel channel,
    ILogger<AlertSender> log)
{
    /// <summary>Sends. An exception means that the queue should bring the message again.</summary>
    /// <param name="message">What is asked for.</param>
    /// <param name="ticket">Id of the queue message.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SendAsync(AlertMessage message, string ticket, CancellationToken cancellationToken)
    {
        // As it stands now: it may have grown since, or become part of another.
        ActorDay start = new(message.Cluster, message.Actor, message.Day);
        IReadOnlyList<Incident> found = await incidents.ReadAsync([start], cancellationToken);
        if ((found.FirstOrDefault(incident => incident.Id == message.Incident) ?? found.FirstOrDefault(incident => incident.Parts.Contains(start)))
            is not { } incident)
        {
            Log.IncidentHasNoDetections(log, message.Incident, message.Cluster);
            return;
        }

        if (await alerts.ClaimAsync(message, ticket, cancellationToken) == AlertClaim.Granted)
        {
            await SendClaimedAsync(message, await incidents.WithEchoesAsync(incident, cancellationToken), cancellationToken);
        }
    }

    private async Task SendClaimedAsync(AlertMessage message, Incident incident, CancellationToken cancellationToken)
    {
        AlertMail mail = AlertMailRenderer.Render(incident, message.Revision);
        try
        {
            await channel.SendAsync(mail, cancellationToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            await alerts.MarkFailedAsync(message, fault.Message, cancellationToken);
            throw;
        }

        await alerts.MarkSentAsync(message, mail.MessageId, cancellationToken);
        Log.AlertSent(log, incident.Id, incident.Cluster, mail.MessageId);
    }
}
