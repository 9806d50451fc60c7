using System.Security.Cryptography;
using System.Text;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Producer;
using Crowsnest.Azure.Hubs;

namespace Crowsnest.LocalHost.Replay;

/// <summary>
/// Sends the lines of a followed log to a hub, all of one log to one partition. A batch is accepted whole or not at all, and carries
/// the place after it: should the process end before that is stored, the hub knows it.
/// </summary>
internal sealed class FollowSender(HubConnection hub, string path, FollowPlaceFile places, Action<string> say) : IAsyncDisposable
{
    private const string PlaceProperty = "crowsnest-place";
    private const string LogProperty = "crowsnest-log";

    // As many bytes as AKS puts into a message.
    private const int MessageSize = 64 * 1024;

    // A place that was not stored is of a batch that came after the one that was; clocks differ a little.
    private static readonly TimeSpan Around = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly EventHubProducerClient _producer = hub.CreateProducer();
    private readonly string _log = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path.GetFullPath(path))).AsSpan(0, 8));
    private string? _partition;

    public ValueTask DisposeAsync() => _producer.DisposeAsync();

    /// <summary>Sends lines, and returns when the hub has them.</summary>
    internal async Task SendAsync(IReadOnlyList<ReadOnlyMemory<byte>> lines, FollowPlace place, CancellationToken cancellationToken)
    {
        CreateBatchOptions options = new() { PartitionId = await PartitionAsync(cancellationToken) };
        using EventDataBatch batch = await _producer.CreateBatchAsync(options, cancellationToken);
        List<byte[]> messages = [.. Pack(lines)];
        for (int i = 0; i < messages.Count; i++)
        {
            EventData data = new(messages[i]);
            if (i == messages.Count - 1)
            {
                data.Properties[LogProperty] = _log;
                data.Properties[PlaceProperty] = place.ToString();
            }

            if (!batch.TryAdd(data))
            {
                throw new InvalidOperationException("lines of a log that are handed over together fit into one send");
            }
        }

        await _producer.SendAsync(batch, cancellationToken);
    }

    /// <summary>Finds the place of the last batch that the hub has accepted.</summary>
    /// <returns>The place, or null when nothing was stored, so that nothing was sent before.</returns>
    internal async Task<FollowPlace?> ConfirmAsync(FollowPlace? stored, CancellationToken cancellationToken)
    {
        string partition = await PartitionAsync(cancellationToken);
        PartitionProperties properties = await _producer.GetPartitionPropertiesAsync(partition, cancellationToken);
        if (stored is null || properties.IsEmpty)
        {
            return null;
        }

        DateTimeOffset written = File.GetLastWriteTimeUtc(places.FileName);
        if (properties.LastEnqueuedTime < written - Around)
        {
            return null;
        }

        try
        {
            return await LastAsync(partition, written, properties.LastEnqueuedSequenceNumber, cancellationToken);
        }
        catch (Exception fault) when (fault is EventHubsException or UnauthorizedAccessException)
        {
            say($"What the hub has of {path} can't be read, so that the lines sent last may be sent twice: {fault.Message.Split('\n')[0]}");
            return null;
        }
    }

    // The trigger reads in a group of its own, where no other reader may join it.
    private async Task<FollowPlace?> LastAsync(
        string partition, DateTimeOffset written, long end, CancellationToken cancellationToken)
    {
        FollowPlace? last = null;
        await using EventHubConsumerClient consumer = hub.CreateConsumer(EventHubConsumerClient.DefaultConsumerGroupName);
        await foreach (PartitionEvent one in consumer.ReadEventsFromPartitionAsync(
            partition,
            EventPosition.FromEnqueuedTime(written - Around),
            new ReadEventOptions { MaximumWaitTime = Patience },
            cancellationToken))
        {
            // What was there may have been removed meanwhile.
            if (one.Data is null)
            {
                break;
            }

            if (one.Data.Properties.TryGetValue(LogProperty, out object? log) && log as string == _log)
            {
                last = FollowPlace.Parse(one.Data.Properties[PlaceProperty] as string) ?? last;
            }

            if (one.Data.SequenceNumber >= end)
            {
                break;
            }
        }

        return last;
    }

    private async Task<string> PartitionAsync(CancellationToken cancellationToken)
    {
        if (_partition is null)
        {
            string[] all = await _producer.GetPartitionIdsAsync(cancellationToken);
            _partition = all[Convert.ToInt32(_log[..6], 16) % all.Length];
        }

        return _partition;
    }

    private static IEnumerable<byte[]> Pack(IReadOnlyList<ReadOnlyMemory<byte>> lines)
    {
        using MemoryStream message = new();
        foreach (ReadOnlyMemory<byte> line in lines)
        {
            if (message.Length > 0 && message.Length + line.Length > MessageSize)
            {
                yield return message.ToArray();
                message.SetLength(0);
            }

            message.Write(line.Span);
            message.WriteByte((byte)'\n');
        }

        if (message.Length > 0)
        {
            yield return message.ToArray();
        }
    }
}
