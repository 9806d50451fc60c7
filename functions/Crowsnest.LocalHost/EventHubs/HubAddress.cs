namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// What a link is attached to: <c>HUB</c>, <c>HUB/Partitions/N</c>, or <c>HUB/ConsumerGroups/GROUP/Partitions/N</c>.
/// </summary>
internal sealed record HubAddress(string Hub, string? ConsumerGroup, string? Partition)
{
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">It has none of these forms.</exception>
    internal static HubAddress Parse(string address) => address.Split('/') switch
    {
        [{ } hub] => new HubAddress(hub, null, null),
        [{ } hub, "Partitions", { } partition] => new HubAddress(hub, null, partition),
        [{ } hub, "ConsumerGroups", { } group, "Partitions", { } partition] => new HubAddress(hub, group, partition),
        _ => throw HubErrors.NotFound(address),
    };
}
