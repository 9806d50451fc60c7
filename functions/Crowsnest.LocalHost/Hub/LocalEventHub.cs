using System.Threading.Channels;

namespace Crowsnest.LocalHost.Hub;

/// <summary>
/// An event hub in memory: messages go to partitions in turn, each numbered in its partition. Bounded, so that a producer
/// waits for the functions and memory stays flat.
/// </summary>
internal sealed class LocalEventHub
{
    private const int MostWaiting = 256;

    private readonly Channel<HubEvent>[] _partitions;
    private readonly long[] _next;
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private long _sent;
    private long _done;
    private int _turn;

    internal LocalEventHub(int partitions, long firstSequenceNumber, TimeProvider clock)
    {
        _clock = clock;
        _partitions = [.. Enumerable.Range(0, partitions).Select(static _ => Channel.CreateBounded<HubEvent>(MostWaiting))];
        _next = [.. Enumerable.Repeat(firstSequenceNumber, partitions)];
    }

    internal int Partitions => _partitions.Length;

    internal long Sent => Interlocked.Read(ref _sent);

    internal long Done => Interlocked.Read(ref _done);

    internal ChannelReader<HubEvent> Reader(int partition) => _partitions[partition].Reader;

    /// <summary>Sends a message to the next partition, waiting while that one is full.</summary>
    internal ValueTask SendAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        int partition;
        HubEvent message;
        lock (_gate)
        {
            partition = _turn++ % _partitions.Length;
            message = new HubEvent(body, _next[partition]++, _clock.GetUtcNow());
        }

        Interlocked.Increment(ref _sent);
        return _partitions[partition].Writer.WriteAsync(message, cancellationToken);
    }

    /// <summary>Counts messages whose batch has been dealt with, whether it succeeded or not.</summary>
    internal void MarkDone(int count) => Interlocked.Add(ref _done, count);
}
