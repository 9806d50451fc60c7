using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Transport;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// A client's connection. Says when more waits to be written than should: credit alone would let a client that does not read
/// fill the memory with messages.
/// </summary>
internal sealed class ClientConnection : AmqpConnection
{
    private const int FullAt = 1024 * 1024;

    private volatile bool _isFull;

    internal ClientConnection(TransportBase transport, ProtocolHeader header, AmqpSettings settings)
        : base("hub", transport, header, isInitiator: false, settings, new AmqpConnectionSettings
        {
            ContainerId = "local-event-hub",
            MaxFrameSize = 64 * 1024,
            IdleTimeOut = 240_000,
            MinIdleTimeout = 0,
            WriteBufferFullLimit = FullAt,
            WriteBufferEmptyLimit = FullAt / 4,
        })
    {
    }

    /// <summary>Raised when there is room again.</summary>
    internal event Action? Drained;

    internal bool IsFull => _isFull;

    protected override void HandleIoEvent(IoEvent ioEvent)
    {
        _isFull = ioEvent == IoEvent.WriteBufferQueueFull;
        if (!_isFull)
        {
            Drained?.Invoke();
        }
    }
}
