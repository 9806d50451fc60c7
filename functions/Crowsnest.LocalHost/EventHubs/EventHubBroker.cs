using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;
using Microsoft.Azure.Amqp.Sasl;
using Microsoft.Azure.Amqp.Transport;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// An event hub on this machine: a broker of AMQP 1.0 on loopback that Azure.Messaging.EventHubs takes for the development
/// emulator. Its messages are in files, and are there again after a start.
/// </summary>
internal sealed class EventHubBroker : IAsyncDisposable
{
    private static readonly TimeSpan OpenTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromMilliseconds(500);

    private readonly LoopbackListener _port;
    private readonly HubStore _hub;
    private readonly BrokerLinks _links;
    private readonly AmqpSettings _settings;
    private readonly AmqpTransportListener _listener;
    private readonly ConcurrentDictionary<ClientConnection, bool> _connections = new();
    private volatile bool _isDisposed;

    private EventHubBroker(LoopbackListener port, HubStore hub, Action<string> say)
    {
        _port = port;
        _hub = hub;
        _links = new BrokerLinks(hub, say);
        _settings = Settings(_links);
        _listener = new AmqpTransportListener([port], _settings);
        Port = port.Port;
    }

    internal int Port { get; }

    internal string HubName => _hub.Description.Name;

    /// <summary>What clients are given. The key is not looked at.</summary>
    internal string ConnectionString => string.Create(
        CultureInfo.InvariantCulture,
        $"Endpoint=sb://localhost:{Port};SharedAccessKeyName=local;SharedAccessKey=bG9jYWw=;"
        + $"UseDevelopmentEmulator=true;EntityPath={HubName}");

    /// <exception cref="LocalHostException">
    /// The port or the folder is in use, or the folder holds another hub; the message says what to do.
    /// </exception>
    internal static async Task<EventHubBroker> StartAsync(
        EventHubBrokerOptions options,
        TimeProvider clock,
        CancellationToken cancellationToken)
    {
        options.Validate();
        LoopbackListener port = LoopbackListener.Bind(options.Port);
        try
        {
            HubStore hub = await Task.Run(() => HubStore.Open(options, clock), cancellationToken);
            EventHubBroker broker = new(port, hub, options.Say);
            broker._listener.Listen(broker.Accept);
            return broker;
        }
        catch
        {
            port.Abort();
            throw;
        }
    }

    /// <summary>Tells the clients, waits half a second for them to answer, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        _port.Abort();
        await Task.WhenAll(_connections.Keys.Select(static connection => Task.Run(() => CloseAsync(connection))));
        _port.EndConnections();
        await _links.Idle;
        _hub.Dispose();
    }

    private static AmqpSettings Settings(BrokerLinks links)
    {
        AmqpVersion version = new(1, 0, 0);
        SaslTransportProvider sasl = new();
        sasl.Versions.Add(version);
        sasl.AddHandler(new SaslAnonymousHandler("MSSBCBS"));
        sasl.AddHandler(new SaslAnonymousHandler());
        AmqpTransportProvider amqp = new();
        amqp.Versions.Add(version);
        return new AmqpSettings { RuntimeProvider = links, TransportProviders = { sasl, amqp } };
    }

    private static async Task CloseAsync(ClientConnection connection)
    {
        try
        {
            await connection.CloseAsync(CloseTimeout);
        }
        catch (Exception unanswered) when (unanswered
            is TimeoutException or AmqpException or IOException or OperationCanceledException or InvalidOperationException)
        {
            // A client that has gone, or does not answer.
        }

        // Out of the connection's own thread, on which its answer came.
        await Task.Yield();
        connection.Abort();
    }

    private void Accept(TransportListener listener, TransportAsyncCallbackArgs args)
    {
        ClientConnection connection = new(args.Transport, (ProtocolHeader)args.UserToken, _settings);
        _connections[connection] = true;
        connection.SafeAddClosed((_, _) => _connections.TryRemove(connection, out _));
        if (_isDisposed)
        {
            connection.Abort();
        }
        else
        {
            _ = OpenAsync(connection);
        }
    }

    private static async Task OpenAsync(ClientConnection connection)
    {
        try
        {
            await connection.OpenAsync(OpenTimeout);
        }
        catch (Exception fault) when (fault
            is TimeoutException or AmqpException or IOException or OperationCanceledException or InvalidOperationException)
        {
            connection.SafeClose(fault);
        }
    }
}
