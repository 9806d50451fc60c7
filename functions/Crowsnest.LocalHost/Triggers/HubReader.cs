using System.Collections.Concurrent;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using Crowsnest.Azure.Hubs;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Worker;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>
/// The Event Hubs trigger: reads the partitions that it owns, shares them with other instances, and has each batch delivered before
/// the next of its partition. The checkpoint moves on after a batch is dealt with.
/// </summary>
internal sealed class HubReader : PluggableCheckpointStoreEventProcessor<EventProcessorPartition>
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    // Of an instance that was killed others take the partitions over after this.
    private static readonly TimeSpan OwnershipExpires = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Balancing = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, PendingEvents> _pending = new();
    private readonly FunctionDefinition _function;
    private readonly BatchDelivery _delivery;
    private readonly HostFile _host;
    private readonly TimeProvider _clock;
    private readonly Action<string> _say;

    private HubReader(HubReaderSetup setup, string connectionString, string hub)
        : base(setup.Checkpoints, setup.Host.MaxEventBatchSize, setup.ConsumerGroup, connectionString, hub, Options(setup.Host)) =>
        (_function, _delivery, _host, _clock, _say) = (setup.Function, setup.Delivery, setup.Host, setup.Clock, setup.Say);

    private HubReader(HubReaderSetup setup, HubConnection connection)
        : base(
            setup.Checkpoints,
            setup.Host.MaxEventBatchSize,
            setup.ConsumerGroup,
            connection.FullyQualifiedNamespace,
            connection.Hub,
            connection.Credential,
            Options(setup.Host)) =>
        (_function, _delivery, _host, _clock, _say) = (setup.Function, setup.Delivery, setup.Host, setup.Clock, setup.Say);

    internal static HubReader Create(HubConnection connection, HubReaderSetup setup) => connection.ConnectionString is { } text
        ? new HubReader(setup, text, connection.Hub) : new HubReader(setup, connection);

    protected override async Task OnProcessingEventBatchAsync(
        IEnumerable<EventData> events, EventProcessorPartition partition, CancellationToken cancellationToken)
    {
        PendingEvents pending = _pending.GetOrAdd(partition.PartitionId, _ => new PendingEvents(_host, _clock));
        pending.Add(events);
        while (!cancellationToken.IsCancellationRequested && pending.Take() is { } batch)
        {
            Invocation invocation = EventHubBinding.Invocation(
                _function, FullyQualifiedNamespace, EventHubName, ConsumerGroup, partition.PartitionId, batch);
            if (!await _delivery.DeliverAsync(invocation, partition.PartitionId, batch, cancellationToken))
            {
                return;
            }

            await CheckpointAsync(partition.PartitionId, batch[^1], cancellationToken);
        }
    }

    protected override Task OnPartitionProcessingStoppedAsync(
        EventProcessorPartition partition, ProcessingStoppedReason reason, CancellationToken cancellationToken)
    {
        // Whoever reads on starts after the checkpoint.
        _pending.TryRemove(partition.PartitionId, out _);
        return Task.CompletedTask;
    }

    protected override Task OnProcessingErrorAsync(
        Exception exception, EventProcessorPartition? partition, string operationDescription, CancellationToken cancellationToken)
    {
        if (exception is not OperationCanceledException)
        {
            _say(
                $"{_function.Name}: {operationDescription}{(partition is null ? "" : $" of partition {partition.PartitionId}")}: "
                + $"{exception.Message.Split('\n')[0]}");
        }

        return Task.CompletedTask;
    }

    // Without it the batch comes again after a restart; while storage is away it waits, as everything does.
    private async Task CheckpointAsync(string partition, EventData last, CancellationToken cancellationToken)
    {
        TimeSpan pause = TimeSpan.FromSeconds(1);
        while (true)
        {
            try
            {
                await UpdateCheckpointAsync(partition, CheckpointPosition.FromEvent(last), cancellationToken);
                return;
            }
            catch (Exception fault) when (AzureFault.IsPassing(fault, cancellationToken))
            {
                _say($"{_function.Name}: the checkpoint of partition {partition} can't be written: {fault.Message.Split('\n')[0]}");
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await Task.Delay(pause, _clock, CancellationToken.None).WaitAsync(cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private static EventProcessorOptions Options(HostFile host) => new()
    {
        DefaultStartingPosition = EventPosition.Earliest,
        PrefetchCount = host.PrefetchCount,
        MaximumWaitTime = PendingEvents.LooksEvery(host),
        LoadBalancingStrategy = LoadBalancingStrategy.Greedy,
        LoadBalancingUpdateInterval = Balancing,
        PartitionOwnershipExpirationInterval = OwnershipExpires,
    };
}
