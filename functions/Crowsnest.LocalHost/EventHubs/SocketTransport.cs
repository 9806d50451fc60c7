using System.Net.Sockets;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Transport;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>The bytes of an accepted connection. Reads ahead: AMQP frames would otherwise take two system calls each.</summary>
/// <param name="socket">The connection, which becomes this transport's.</param>
/// <param name="ended">Called when it has been closed.</param>
internal sealed class SocketTransport(Socket socket, Action<SocketTransport> ended) : TransportBase("socket")
{
    private readonly byte[] _ahead = new byte[64 * 1024];
    private int _start;
    private int _end;

    public override string LocalEndPoint { get; } = $"{socket.LocalEndPoint}";

    public override string RemoteEndPoint { get; } = $"{socket.RemoteEndPoint}";

    public override void SetMonitor(ITransportMonitor usageMeter)
    {
    }

    public override bool ReadAsync(TransportAsyncCallbackArgs args)
    {
        if (_start < _end)
        {
            args.CompletedSynchronously = true;
            Take(args);
            return false;
        }

        return IsPending(ReceiveAsync(args), args);
    }

    public override bool WriteAsync(TransportAsyncCallbackArgs args) => IsPending(SendAsync(args), args);

    protected override bool CloseInternal()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The other side was faster.
        }

        AbortInternal();
        return true;
    }

    protected override void AbortInternal()
    {
        socket.Dispose();
        ended(this);
    }

    // The caller goes on by itself after false and is called back after true. Once it is, it may use the arguments anew.
    private static bool IsPending(Task operation, TransportAsyncCallbackArgs args)
    {
        bool isPending = !operation.IsCompleted;
        args.CompletedSynchronously = !isPending;
        if (isPending)
        {
            _ = CallBackAsync(operation, args);
        }

        return isPending;
    }

    private static async Task CallBackAsync(Task operation, TransportAsyncCallbackArgs args)
    {
        await operation;
        args.CompletedCallback(args);
    }

    private void Take(TransportAsyncCallbackArgs args)
    {
        int count = Math.Min(_end - _start, args.Count);
        _ahead.AsSpan(_start, count).CopyTo(args.Buffer.AsSpan(args.Offset));
        _start += count;
        args.BytesTransfered = count;
        args.Exception = null;
    }

    private async Task ReceiveAsync(TransportAsyncCallbackArgs args)
    {
        try
        {
            _start = 0;
            _end = 0;
            _end = await socket.ReceiveAsync(_ahead, SocketFlags.None, CancellationToken.None);
            Take(args);
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            args.Exception = ended;
        }
    }

    private async Task SendAsync(TransportAsyncCallbackArgs args)
    {
        try
        {
            args.BytesTransfered = args.Buffer is { } buffer
                ? await socket.SendAsync(buffer.AsMemory(args.Offset, args.Count), SocketFlags.None, CancellationToken.None)
                : await socket.SendAsync(
                    [.. args.ByteBufferList.Select(static part => new ArraySegment<byte>(part.Buffer, part.Offset, part.Length))],
                    SocketFlags.None);
            args.Exception = null;
        }
        catch (Exception ended) when (ended is SocketException or ObjectDisposedException)
        {
            args.Exception = ended;
        }
    }
}
