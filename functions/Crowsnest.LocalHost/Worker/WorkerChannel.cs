using System.Collections.Concurrent;
using System.Threading.Channels;
using Crowsnest.LocalHost.Worker.Rpc;
using Grpc.Core;

namespace Crowsnest.LocalHost.Worker;

/// <summary>The host's side of the stream that one worker opens.</summary>
/// <param name="log">Gets what the worker logs.</param>
internal sealed class WorkerChannel(Action<RpcLog> log)
{
    private readonly Channel<StreamingMessage> _outgoing =
        Channel.CreateUnbounded<StreamingMessage>(new UnboundedChannelOptions { SingleReader = true });

    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _asked = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the worker has said who it is.</summary>
    internal Task Opened => _opened.Task;

    /// <summary>Runs as long as the stream is open.</summary>
    internal async Task RunAsync(
        IAsyncStreamReader<StreamingMessage> incoming, IServerStreamWriter<StreamingMessage> outgoing, CancellationToken cancellationToken)
    {
        _opened.TrySetResult();
        Task writing = WriteAsync(outgoing, cancellationToken);
        try
        {
            while (await incoming.MoveNext(cancellationToken))
            {
                Receive(incoming.Current);
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or Grpc.Core.RpcException)
        {
            // The worker is gone; what it has not answered it never will.
        }

        Close();
        await writing;
    }

    /// <summary>Ends everything that still waits for an answer.</summary>
    internal void Close()
    {
        _outgoing.Writer.TryComplete();
        foreach (string id in _asked.Keys)
        {
            if (_asked.TryRemove(id, out TaskCompletionSource<StreamingMessage>? waiting))
            {
                waiting.TrySetException(new IOException("the worker ended"));
            }
        }
    }

    /// <summary>Sends a message that has no answer.</summary>
    internal void Tell(StreamingMessage message) => _outgoing.Writer.TryWrite(message);

    /// <summary>Sends a message and waits for the answer to it.</summary>
    /// <exception cref="IOException">The worker ended.</exception>
    internal Task<StreamingMessage> AskAsync(StreamingMessage message)
    {
        message.RequestId = Guid.NewGuid().ToString();
        TaskCompletionSource<StreamingMessage> waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[message.RequestId] = waiting;
        if (!_outgoing.Writer.TryWrite(message) && _asked.TryRemove(message.RequestId, out _))
        {
            waiting.TrySetException(new IOException("the worker ended"));
        }

        return waiting.Task;
    }

    private void Receive(StreamingMessage message)
    {
        if (message.ContentCase == StreamingMessage.ContentOneofCase.RpcLog)
        {
            log(message.RpcLog);
        }
        else if (_asked.TryRemove(message.RequestId, out TaskCompletionSource<StreamingMessage>? waiting))
        {
            waiting.TrySetResult(message);
        }
    }

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> outgoing, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (StreamingMessage message in _outgoing.Reader.ReadAllAsync(cancellationToken))
            {
                await outgoing.WriteAsync(message, cancellationToken);
            }
        }
        catch (Exception ended)
            when (ended is IOException or OperationCanceledException or Grpc.Core.RpcException or InvalidOperationException)
        {
            // As above.
        }
    }
}
