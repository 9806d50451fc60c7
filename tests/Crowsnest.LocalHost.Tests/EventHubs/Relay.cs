using System.Net;
using System.Net.Sockets;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>
/// Passes connections on to a port until it is cut, as a cable would be, where neither side says good-bye; or until it is
/// frozen, as a program would be that does not read any more.
/// </summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _ends = [];
    private readonly int _target;
    private readonly Task _running;
    private volatile bool _isFrozen;

    internal Relay(int target)
    {
        _target = target;
        _listener.Start();
        _running = RunAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal void Freeze() => _isFrozen = true;

    internal void Cut()
    {
        _listener.Stop();
        lock (_ends)
        {
            _ends.ForEach(static end =>
            {
                end.LingerState = new LingerOption(true, 0);
                end.Dispose();
            });
            _ends.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _running;
    }

    private async Task PassAsync(TcpClient from, TcpClient to)
    {
        try
        {
            byte[] buffer = new byte[16 * 1024];
            while (!_isFrozen && await from.GetStream().ReadAsync(buffer) is > 0 and int count && !_isFrozen)
            {
                await to.GetStream().WriteAsync(buffer.AsMemory(0, count));
            }
        }
        catch (Exception cut) when (cut is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // That is what a relay is for.
        }
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                TcpClient near = await _listener.AcceptTcpClientAsync();
                TcpClient far = new();
                await far.ConnectAsync(IPAddress.Loopback, _target);
                lock (_ends)
                {
                    _ends.AddRange([near, far]);
                }

                _ = PassAsync(near, far);
                _ = PassAsync(far, near);
            }
        }
        catch (Exception cut) when (cut is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The listener has been stopped.
        }
    }
}
