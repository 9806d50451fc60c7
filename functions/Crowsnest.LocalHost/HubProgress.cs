using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Crowsnest.LocalHost.Triggers;

namespace Crowsnest.LocalHost;

/// <summary>How far the messages of a hub have been dealt with, by whatever instance: what the checkpoints say.</summary>
internal sealed class HubProgress(EventHubProducerClient hub, BlobCheckpointStore checkpoints, string consumerGroup) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => hub.DisposeAsync();

    /// <summary>The first and last sequence number of each partition that has any messages now.</summary>
    internal async Task<IReadOnlyDictionary<string, (long First, long Last)>> NowAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, (long, long)> partitions = [];
        foreach (string partition in await hub.GetPartitionIdsAsync(cancellationToken))
        {
            PartitionProperties properties = await hub.GetPartitionPropertiesAsync(partition, cancellationToken);
            if (!properties.IsEmpty)
            {
                partitions[partition] = (properties.BeginningSequenceNumber, properties.LastEnqueuedSequenceNumber);
            }
        }

        return partitions;
    }

    /// <summary>How many of the messages that a hub had at some time have not been dealt with.</summary>
    internal async Task<long> BehindAsync(
        IReadOnlyDictionary<string, (long First, long Last)> partitions, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, long> done =
            await checkpoints.ProgressAsync(hub.FullyQualifiedNamespace, hub.EventHubName, consumerGroup, cancellationToken);
        return partitions.Sum(partition =>
        {
            (long first, long last) = partition.Value;
            return Math.Max(0, last - Math.Max(first - 1, done.GetValueOrDefault(partition.Key, long.MinValue)));
        });
    }
}
