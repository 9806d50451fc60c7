using System.Collections.Concurrent;
using System.Threading.Channels;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Invocation;

namespace Crowsnest.LocalHost.Hub;

/// <summary>
/// Delivers batches as the Event Hubs trigger does: one at a time per partition, tried again by the retry policy, and then
/// checkpointed whether the function succeeded or not.
/// </summary>
internal sealed class EventHubDispatcher(
    LocalEventHub hub,
    FunctionFile function,
    HandlerClient handler,
    int maxBatchSize,
    TimeProvider clock,
    Action<string> say)
{
    private readonly ConcurrentDictionary<int, long> _checkpoints = new();
    private int _lostBatches;

    /// <summary>Sequence number up to which each partition has been dealt with.</summary>
    internal IReadOnlyDictionary<int, long> Checkpoints => _checkpoints;

    /// <summary>Batches that failed after their last retry; the real host loses them, so must this one say so.</summary>
    internal int LostBatches => Volatile.Read(ref _lostBatches);

    internal Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Enumerable.Range(0, hub.Partitions).Select(partition => RunPartitionAsync(partition, cancellationToken)));

    private async Task RunPartitionAsync(int partition, CancellationToken cancellationToken)
    {
        ChannelReader<HubEvent> reader = hub.Reader(partition);
        List<HubEvent> batch = [];
        while (await reader.WaitToReadAsync(cancellationToken))
        {
            batch.Clear();
            while (batch.Count < maxBatchSize && reader.TryRead(out HubEvent? message))
            {
                batch.Add(message);
            }

            await DeliverAsync(partition, batch, cancellationToken);
            _checkpoints[partition] = batch[^1].SequenceNumber;
            hub.MarkDone(batch.Count);
        }
    }

    private async Task DeliverAsync(int partition, List<HubEvent> batch, CancellationToken cancellationToken)
    {
        byte[] body = Payload.EventHubBatch(
            function.BindingName, function.Name, "local", "functions", partition, batch, clock.GetUtcNow());
        for (int retry = 0; ; retry++)
        {
            InvocationResult result = await handler.InvokeAsync(function.Name, body, cancellationToken);
            if (result.Succeeded)
            {
                return;
            }

            say($"{function.Name} failed on partition {partition}, {batch[0].SequenceNumber}-{batch[^1].SequenceNumber}: {result.Problem}");
            if (retry >= function.Retry.MaxRetries)
            {
                Interlocked.Increment(ref _lostBatches);
                say($"{function.Name}: retries are used up; the checkpoint moves on past {batch[^1].SequenceNumber}");
                return;
            }

            await Task.Delay(function.Retry.Delay(retry + 1), clock, cancellationToken);
        }
    }
}
