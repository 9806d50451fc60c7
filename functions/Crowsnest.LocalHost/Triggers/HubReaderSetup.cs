using Azure.Messaging.EventHubs.Primitives;
using Crowsnest.LocalHost.Configuration;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>What a <see cref="HubReader"/> works with.</summary>
internal sealed record HubReaderSetup
{
    public required FunctionDefinition Function { get; init; }

    public required BatchDelivery Delivery { get; init; }

    public required CheckpointStore Checkpoints { get; init; }

    public required string ConsumerGroup { get; init; }

    public required HostFile Host { get; init; }

    public required TimeProvider Clock { get; init; }

    public required Action<string> Say { get; init; }
}
