using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Alerts;

/// <summary>
/// Takes alerts out of the queue <c>alerts-poison</c>, where the host puts what failed five times, as when storage was away:
/// they are tried again, for as long as any other. What is no alert is recorded for the digest.
/// </summary>
public sealed class PoisonedAlerts(
    StorageClients storage,
    IAlertQueue queue,
    AlertJournal journal,
    TimeProvider clock,
    ILogger<PoisonedAlerts> log)
{
    private const int AtOnce = 32;

    private readonly QueueClient _poison = storage.Queues.GetQueueClient(StorageNames.PoisonQueue);

    /// <summary>Deals with all that is there.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> RecoverAsync(CancellationToken cancellationToken)
    {
        int count = 0;
        try
        {
            while (true)
            {
                QueueMessage[] messages = await _poison.ReceiveMessagesAsync(AtOnce, TimeSpan.FromMinutes(5), cancellationToken);
                foreach (QueueMessage message in messages)
                {
                    await RecoverAsync(message, cancellationToken);
                    await _poison.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellationToken);
                    count++;
                }

                if (messages.Length == 0)
                {
                    return count;
                }
            }
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            // The host makes the queue when it needs it.
            return count;
        }
    }

    private async Task RecoverAsync(QueueMessage message, CancellationToken cancellationToken)
    {
        AlertMessage? known = AlertMessage.Parse(message.Body.ToString());
        if (known is { } alert && RetrySchedule.After(alert.Attempt + 1, 0) is { } pause)
        {
            Log.AlertRecovered(log, alert.Incident, alert.Cluster);
            await queue.SendAsync(alert with { Attempt = alert.Attempt + 1 }, pause, cancellationToken);
            return;
        }

        Log.AlertUnreadable(log, message.MessageId);
        await journal.WriteAsync(
            new JournalEntry(
                clock.GetUtcNow(),
                known is null ? JournalKind.Unreadable : JournalKind.Failed,
                known?.Cluster ?? "",
                known?.Incident ?? message.MessageId,
                known?.Day ?? DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime),
                known?.Revision ?? 0,
                Severity.Informational,
                "",
                "",
                message.Body.ToString()),
            cancellationToken);
    }
}
