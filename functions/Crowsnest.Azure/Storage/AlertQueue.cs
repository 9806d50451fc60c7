using Azure.Storage.Queues;

namespace Crowsnest.Azure.Storage;

/// <summary>The queue between judging and telling.</summary>
public sealed class AlertQueue(StorageClients storage) : IAlertQueue
{
    private readonly QueueClient _queue = storage.Queues.GetQueueClient(StorageNames.AlertsQueue);

    // A message must outlive the longest wait: quiet hours, and a day of trying.
    public Task SendAsync(AlertMessage message, TimeSpan delay, CancellationToken cancellationToken) => _queue.SendMessageAsync(
        message.ToJson(), visibilityTimeout: delay, timeToLive: TimeSpan.FromDays(7), cancellationToken: cancellationToken);
}
