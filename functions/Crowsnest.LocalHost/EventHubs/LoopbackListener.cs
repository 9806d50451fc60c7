using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Azure.Amqp.Transport;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// Accepts connections to one port of 127.0.0.1 and, where there is one, of ::1: the name localhost may mean either. The
/// listener of the AMQP library is not used: it asks DNS for the name of this machine, and shares its port with whoever wants.
/// </summary>
internal sealed class LoopbackListener : TransportListener
{
    private const int Attempts = 20;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket[] _sockets;
    private readonly ConcurrentDictionary<SocketTransport, bool> _accepted = new();

    private LoopbackListener(Socket[] sockets)
        : base("loopback")
    {
        _sockets = sockets;
    }

    internal int Port => ((IPEndPoint)_sockets[0].LocalEndPoint!).Port;

    /// <exception cref="LocalHostException">The port is in use; the message names it.</exception>
    internal static LoopbackListener Bind(int port)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return new LoopbackListener(BindBoth(port));
            }
            catch (SocketException taken) when (port != 0 || attempt == Attempts)
            {
                throw new LocalHostException(
                    $"port {port} is in use by another program: end that program, or choose another port with --hub-port NUMBER", taken);
            }
            catch (SocketException)
            {
                // The port that was free on one address is in use on the other one.
            }
        }
    }

    /// <summary>Ends the connections that are left, also those that never got as far as to speak AMQP.</summary>
    internal void EndConnections()
    {
        foreach (SocketTransport transport in _accepted.Keys)
        {
            transport.Abort();
        }
    }

    protected override void OnListen()
    {
        foreach (Socket socket in _sockets)
        {
            _ = AcceptAsync(socket);
        }
    }

    protected override bool CloseInternal()
    {
        AbortInternal();
        return true;
    }

    protected override void AbortInternal()
    {
        foreach (Socket socket in _sockets)
        {
            socket.Dispose();
        }
    }

    private static Socket[] BindBoth(int port)
    {
        Socket first = Bind(IPAddress.Loopback, port);
        try
        {
            return [first, Bind(IPAddress.IPv6Loopback, ((IPEndPoint)first.LocalEndPoint!).Port)];
        }
        catch (SocketException absent) when (absent.SocketErrorCode
            is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
        {
            return [first];
        }
        catch
        {
            first.Dispose();
            throw;
        }
    }

    private static Socket Bind(IPAddress address, int port)
    {
        Socket socket = new(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.ExclusiveAddressUse = true;
            socket.Bind(new IPEndPoint(address, port));
            socket.Listen();
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task AcceptAsync(Socket socket)
    {
        while (true)
        {
            try
            {
                Welcome(await socket.AcceptAsync());
            }
            catch (Exception closed) when (closed is ObjectDisposedException
                or SocketException { SocketErrorCode: SocketError.OperationAborted or SocketError.Interrupted })
            {
                return;
            }
            catch (SocketException)
            {
                // A client that gave up before it was accepted, or too many open files: those come again at once.
                await Task.Delay(Pause);
            }
        }
    }

    private void Welcome(Socket accepted)
    {
        try
        {
            accepted.NoDelay = true;
            SocketTransport transport = new(accepted, ended => _accepted.TryRemove(ended, out _));
            _accepted[transport] = true;
            transport.Open();
            OnTransportAccepted(new TransportAsyncCallbackArgs { Transport = transport, CompletedSynchronously = true });
        }
        catch (SocketException)
        {
            // It has gone already.
            accepted.Dispose();
        }
    }
}
