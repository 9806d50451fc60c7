using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;

namespace Crowsnest.LocalHost.Http;

/// <summary>Sends what is posted to the hub, a message each.</summary>
internal sealed class HubIngest(EventHubProducerClient producer) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => producer.DisposeAsync();

    /// <summary>Sends a message and waits until the hub has it.</summary>
    /// <returns>False when it is larger than the hub takes.</returns>
    internal async Task<bool> SendAsync(byte[] body, CancellationToken cancellationToken)
    {
        try
        {
            await producer.SendAsync([new EventData(body)], cancellationToken);
            return true;
        }
        catch (EventHubsException large) when (large.Reason == EventHubsException.FailureReason.MessageSizeExceeded)
        {
            return false;
        }
    }
}
