using Crowsnest.Azure.Channels;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Alerts;

/// <summary>
/// Sends the alerts about an incident over every channel that wants them, each once however often it is asked to. The daily
/// budget has been kept before, where all incidents of a minute are ranked together (<see cref="AlertBudget"/>).
/// </summary>
public sealed class AlertSender(
    IncidentReader incidents,
    SuppressionTable suppressions,
    AlertTable alerts,
    AlertJournal journal,
    IAlertQueue queue,
    AnswerLinks links,
    CurrentRules rules,
    AlertSummaries summaries,
    IEnumerable<IAlertChannel> channels,
    TimeProvider clock,
    ILogger<AlertSender> log)
{
    // Ends before the claim does, so that nobody takes over what is still going out.
    private static readonly TimeSpan LongestAttempt = AlertTable.ClaimLasts - TimeSpan.FromSeconds(20);

    /// <summary>Sends. An exception means that the queue should bring the message again.</summary>
    public async Task SendAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        if (message.IsSummary)
        {
            if (await summaries.OfAsync(message, cancellationToken) is { } summary)
            {
                await SendAsync(message, summary, cancellationToken);
            }

            return;
        }

        // As it stands now: it may have grown since, or become part of another.
        ActorDay start = new(message.Cluster, message.Actor, message.Day);
        DetectionDays read = incidents.Begin();
        IReadOnlyList<Incident> found = await incidents.ReadAsync([start], read, cancellationToken);
        if ((found.FirstOrDefault(incident => incident.Id == message.Incident)
                ?? found.FirstOrDefault(incident => incident.Parts.Contains(start)))
            is not { } whole)
        {
            Log.IncidentHasNoDetections(log, message.Incident, message.Cluster);
            return;
        }

        (Incident? left, IReadOnlyList<Suppression> used) =
            Suppression.Apply(whole, await suppressions.ReadAsync(message.Cluster, cancellationToken));
        if (left?.AlertFrom is null)
        {
            foreach (Suppression suppression in used)
            {
                await journal.WriteAsync(
                    SuppressedEntry(whole, message.Revision, suppression, clock.GetUtcNow()), cancellationToken);
            }

            return;
        }

        Incident incident = await read.WithWriteBacksAsync(left, cancellationToken);
        AlertContent alert = AlertContent.Of(
            incident, message.Revision, await rules.GetAsync(cancellationToken), await links.OfAsync(incident, cancellationToken));
        await SendAsync(message, alert, cancellationToken);
    }

    /// <summary>The journal's line about what a suppression holds back of an incident.</summary>
    internal static JournalEntry SuppressedEntry(Incident incident, int revision, Suppression suppression, DateTimeOffset now) => new(
        now, JournalKind.Suppressed, incident.Cluster, incident.Id, incident.Day, revision, incident.Severity, incident.Title,
        suppression.Id, suppression.Reason, incident.Detections.Count(suppression.Test()));

    private async Task SendAsync(AlertMessage message, AlertContent alert, CancellationToken cancellationToken)
    {
        List<IAlertChannel> wanted =
            [.. channels.Where(channel => message.Channel.Length == 0 ? channel.Route.Takes(alert) : channel.Name == message.Channel)];
        if (wanted.Count == 0 && message.Channel.Length > 0)
        {
            await SettleAsync(message, alert, JournalKind.Failed, "the channel has been taken out of the settings", cancellationToken);
        }

        await Task.WhenAll(wanted.Select(channel => SendAsync(message with { Channel = channel.Name }, alert, channel, cancellationToken)));
    }

    private async Task SendAsync(AlertMessage message, AlertContent alert, IAlertChannel channel, CancellationToken cancellationToken)
    {
        TimeSpan quiet = channel.Route.Quiet?.Wait(alert.Severity, clock.GetUtcNow()) ?? TimeSpan.Zero;
        if (quiet > TimeSpan.Zero)
        {
            await queue.SendAsync(message, quiet, cancellationToken);
            return;
        }

        switch (await alerts.ClaimAsync(message, channel.Name, channel.MayRepeat, cancellationToken))
        {
            case AlertClaim.Granted:
                await DeliverAsync(message, alert, channel, cancellationToken);
                break;
            case AlertClaim.Busy:
                // Whoever is at it may die of it: somebody has to look again.
                await queue.SendAsync(message, AlertTable.ClaimLasts, cancellationToken);
                break;
            case AlertClaim.Unsure:
                await SettleAsync(message, alert, JournalKind.Unconfirmed, "it went out twice without an answer", cancellationToken);
                break;
        }
    }

    private async Task DeliverAsync(AlertMessage message, AlertContent alert, IAlertChannel channel, CancellationToken cancellationToken)
    {
        Delivery delivery = await TryAsync(alert, channel, cancellationToken);
        switch (delivery.Outcome)
        {
            case DeliveryOutcome.Accepted:
                await SettleAsync(message, alert, JournalKind.Sent, delivery.Detail, cancellationToken);
                Log.AlertSent(log, alert.IncidentId, alert.Cluster, channel.Name, alert.MessageId);
                return;
            case DeliveryOutcome.Refused:
                await SettleAsync(message, alert, JournalKind.Failed, delivery.Detail, cancellationToken);
                Log.AlertRefused(log, alert.IncidentId, alert.Cluster, channel.Name, delivery.Detail);
                return;
        }

        Log.AlertNotSent(log, alert.IncidentId, alert.Cluster, channel.Name, message.Attempt + 1, delivery.Detail);
        await alerts.ReleaseAsync(message, channel.Name, delivery.Outcome == DeliveryOutcome.Unsure, delivery.Detail, cancellationToken);
        if (RetrySchedule.After(message.Attempt + 1, SpreadOf(message.Incident), delivery.RetryAfter) is { } pause)
        {
            await queue.SendAsync(message with { Attempt = message.Attempt + 1 }, pause, cancellationToken);
        }
        else
        {
            await SettleAsync(message, alert, JournalKind.Failed, $"given up after a day: {delivery.Detail}", cancellationToken);
        }
    }

    // Between 0 and 1, another for each incident.
    private static double SpreadOf(string incident) => (incident.GetHashCode(StringComparison.Ordinal) & 0xFF) / 255.0;

    // A channel that breaks down in an unforeseen way is tried again like one that is away.
    private static async Task<Delivery> TryAsync(AlertContent alert, IAlertChannel channel, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(LongestAttempt);
        try
        {
            return await channel.SendAsync(alert, late.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new Delivery(DeliveryOutcome.Unsure, "no answer in time");
        }
#pragma warning disable CA1031 // One channel that breaks down must cost neither the others nor the alert.
        catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
        {
            return new Delivery(DeliveryOutcome.Unsure, fault.Message);
        }
    }

    // What was sent is settled first, so that a crash in between sends it no second time. What was not is in the journal
    // first: once it is settled nobody looks at it again.
    private async Task SettleAsync(
        AlertMessage message, AlertContent alert, JournalKind outcome, string detail, CancellationToken cancellationToken)
    {
        JournalEntry entry = new(
            clock.GetUtcNow(), outcome, message.Cluster, message.Incident, message.Day, message.Revision, alert.Severity, alert.Title,
            message.Channel, detail);
        if (outcome != JournalKind.Sent)
        {
            await journal.WriteAsync(entry, cancellationToken);
        }

        await alerts.SettleAsync(message, message.Channel, outcome, detail, cancellationToken);
        if (outcome == JournalKind.Sent)
        {
            await journal.WriteAsync(entry, cancellationToken);
        }
    }
}
