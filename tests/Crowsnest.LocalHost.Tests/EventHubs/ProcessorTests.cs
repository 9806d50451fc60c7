using System.Collections.Concurrent;
using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>The client's event processor, which the Event Hubs trigger stands on, against a local event hub.</summary>
public sealed class ProcessorTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Process_Thousands_EachComesOnce()
    {
        const int Partitions = 4;
        const int Each = 1_000;
        await using TestHub hub = await TestHub.StartAsync(Partitions);
        for (int i = 0; i < Partitions; i++)
        {
            await hub.SendAsync(Enumerable.Repeat("{}", Each), i.ToString(CultureInfo.InvariantCulture));
        }

        MemoryCheckpoints checkpoints = new();
        Processor processor = new(checkpoints, hub.ConnectionString, Partitions * Each);
        await processor.StartProcessingAsync(Cancellation);
        await processor.Everything.WaitAsync(TestHub.Patience, Cancellation);
        await processor.StopProcessingAsync(Cancellation);

        Assert.Empty(processor.Errors);
        Assert.Equal(Partitions * Each, processor.Seen.Count);
        Assert.All(processor.Seen.Values, static times => Assert.Equal(1, times));
        Assert.Equal(Partitions, checkpoints.Count);
    }

    [Fact]
    public async Task Process_AfterARestart_GoesOnAtTheCheckpoint()
    {
        await using TestHub hub = await TestHub.StartAsync();
        MemoryCheckpoints checkpoints = new();
        await hub.SendAsync(["a", "b"]);
        Processor first = new(checkpoints, hub.ConnectionString, 2);
        await first.StartProcessingAsync(Cancellation);
        await first.Everything.WaitAsync(TestHub.Patience, Cancellation);
        await first.StopProcessingAsync(Cancellation);

        await hub.StopAsync();
        await hub.RestartAsync();
        await hub.SendAsync(["c"]);
        Processor second = new(checkpoints, hub.ConnectionString, 1);
        await second.StartProcessingAsync(Cancellation);
        await second.Everything.WaitAsync(TestHub.Patience, Cancellation);
        await second.StopProcessingAsync(Cancellation);

        Assert.Equal([("0", 2L)], second.Seen.Keys);
    }

    private sealed class Processor(MemoryCheckpoints checkpoints, string connection, int wanted)
        : PluggableCheckpointStoreEventProcessor<EventProcessorPartition>(
            checkpoints, 100, EventHubConsumerClient.DefaultConsumerGroupName, connection, new EventProcessorOptions
            {
                LoadBalancingStrategy = LoadBalancingStrategy.Greedy,
                LoadBalancingUpdateInterval = TimeSpan.FromSeconds(1),
                DefaultStartingPosition = EventPosition.Earliest,
            })
    {
        private readonly TaskCompletionSource _everything = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal ConcurrentDictionary<(string Partition, long Number), int> Seen { get; } = new();

        internal ConcurrentQueue<Exception> Errors { get; } = new();

        internal Task Everything => _everything.Task;

        protected override async Task OnProcessingEventBatchAsync(
            IEnumerable<EventData> events, EventProcessorPartition partition, CancellationToken cancellationToken)
        {
            EventData[] batch = [.. events];
            foreach (EventData data in batch)
            {
                Seen.AddOrUpdate((partition.PartitionId, data.SequenceNumber), 1, static (_, times) => times + 1);
            }

            if (batch.Length > 0)
            {
                await UpdateCheckpointAsync(partition.PartitionId, CheckpointPosition.FromEvent(batch[^1]), cancellationToken);
            }

            if (Seen.Count >= wanted)
            {
                _everything.TrySetResult();
            }
        }

        protected override Task OnProcessingErrorAsync(
            Exception exception, EventProcessorPartition partition, string operationDescription, CancellationToken cancellationToken)
        {
            Errors.Enqueue(exception);
            return Task.CompletedTask;
        }
    }

    private sealed class MemoryCheckpoints : CheckpointStore
    {
        private readonly ConcurrentDictionary<string, CheckpointPosition> _positions = new();
        private readonly ConcurrentDictionary<string, EventProcessorPartitionOwnership> _owners = new();

        internal int Count => _positions.Count;

        public override Task<IEnumerable<EventProcessorPartitionOwnership>> ListOwnershipAsync(
            string fullyQualifiedNamespace, string eventHubName, string consumerGroup, CancellationToken cancellationToken) =>
            Task.FromResult<IEnumerable<EventProcessorPartitionOwnership>>([.. _owners.Values]);

        public override Task<IEnumerable<EventProcessorPartitionOwnership>> ClaimOwnershipAsync(
            IEnumerable<EventProcessorPartitionOwnership> desiredOwnership, CancellationToken cancellationToken)
        {
            List<EventProcessorPartitionOwnership> claimed = [];
            foreach (EventProcessorPartitionOwnership desired in desiredOwnership)
            {
                desired.Version = Guid.NewGuid().ToString();
                desired.LastModifiedTime = TimeProvider.System.GetUtcNow();
                _owners[desired.PartitionId] = desired;
                claimed.Add(desired);
            }

            return Task.FromResult<IEnumerable<EventProcessorPartitionOwnership>>(claimed);
        }

        public override Task<EventProcessorCheckpoint> GetCheckpointAsync(
            string fullyQualifiedNamespace,
            string eventHubName,
            string consumerGroup,
            string partitionId,
            CancellationToken cancellationToken) =>
            Task.FromResult(_positions.TryGetValue(partitionId, out CheckpointPosition position)
                ? new EventProcessorCheckpoint
                {
                    FullyQualifiedNamespace = fullyQualifiedNamespace,
                    EventHubName = eventHubName,
                    ConsumerGroup = consumerGroup,
                    PartitionId = partitionId,
                    StartingPosition = EventPosition.FromSequenceNumber(position.SequenceNumber, isInclusive: false),
                }
                : null!);

        public override Task UpdateCheckpointAsync(
            string fullyQualifiedNamespace,
            string eventHubName,
            string consumerGroup,
            string partitionId,
            string clientIdentifier,
            CheckpointPosition checkpointStartingPosition,
            CancellationToken cancellationToken)
        {
            _positions[partitionId] = checkpointStartingPosition;
            return Task.CompletedTask;
        }
    }
}
