using Azure.Storage.Queues;

namespace Crowsnest.Azure.Storage;

/// <summary>The queue between judging and correlating. A message is the name of a cluster.</summary>
public sealed class CorrelationQueue(StorageClients storage) : ICorrelationQueue
{
    // What is lost is asked for again by the next minute.
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    private readonly QueueClient _queue = storage.Queues.GetQueueClient(StorageNames.CorrelateQueue);

    public Task AskAsync(string cluster, TimeSpan delay, CancellationToken cancellationToken) =>
        _queue.SendMessageAsync(cluster, visibilityTimeout: delay, timeToLive: Life, cancellationToken: cancellationToken);
}
