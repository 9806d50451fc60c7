using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;

namespace Crowsnest.Azure.Hubs;

/// <summary>Sends messages in batches as large as the hub takes. What has been reported as sent, the hub has accepted.</summary>
public sealed class HubSender(EventHubProducerClient producer) : IAsyncDisposable
{
    private EventDataBatch? _batch;

    /// <summary>Messages that the hub has accepted.</summary>
    public long Sent { get; private set; }

    public async ValueTask DisposeAsync()
    {
        _batch?.Dispose();
        await producer.DisposeAsync();
    }

    /// <summary>Adds a message to the batch, and sends what is in it already when there is no more room.</summary>
    /// <exception cref="InvalidDataException">The message is larger than the hub takes.</exception>
    /// <exception cref="EventHubsException">The hub can't be reached or refuses.</exception>
    public async Task AddAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        EventData data = new(new BinaryData(message));
        _batch ??= await producer.CreateBatchAsync(cancellationToken);
        if (_batch.TryAdd(data))
        {
            return;
        }

        await FlushAsync(cancellationToken);
        _batch = await producer.CreateBatchAsync(cancellationToken);
        if (!_batch.TryAdd(data))
        {
            throw new InvalidDataException(
                $"a message of {message.Length} bytes is too large: the hub takes {_batch.MaximumSizeInBytes}");
        }
    }

    /// <summary>Sends what waits in the batch.</summary>
    /// <exception cref="EventHubsException">The hub can't be reached or refuses; the batch is kept, and may be sent again.</exception>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_batch is not { Count: > 0 } batch)
        {
            return;
        }

        await producer.SendAsync(batch, cancellationToken);
        Sent += batch.Count;
        batch.Dispose();
        _batch = null;
    }
}
