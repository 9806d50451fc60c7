namespace Crowsnest.LocalHost.EventHubs;

/// <summary>What hub to offer, and where to keep it.</summary>
internal sealed record EventHubBrokerOptions
{
    internal const string DefaultConsumerGroup = "$Default";

    private const int MostPartitions = 32;

    /// <summary>Name of the hub; clients may write it in any case.</summary>
    public required string HubName { get; init; }

    /// <summary>Folder for the messages. It belongs to this hub alone.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Partitions, 1 to 32. A folder keeps the number that it was made with.</summary>
    public int Partitions { get; init; } = 2;

    /// <summary>Consumer groups besides <c>$Default</c>.</summary>
    public IReadOnlyList<string> ConsumerGroups { get; init; } = [];

    /// <summary>Port on loopback; 0 for a free one.</summary>
    public int Port { get; init; }

    /// <summary>Bytes that a partition keeps; above that, its oldest file goes.</summary>
    public long RetentionBytes { get; init; } = 1024 * 1024 * 1024;

    /// <summary>Told what a person should know, for example that messages were dropped that a reader had not been sent.</summary>
    public Action<string> Say { get; init; } = static _ => { };

    /// <exception cref="LocalHostException">Something is out of range.</exception>
    internal void Validate()
    {
        if (HubName.Length == 0 || !HubName.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'))
        {
            throw new LocalHostException($"'{HubName}' is no name of an event hub: letters, digits, '.', '-' and '_'");
        }

        if (Partitions is < 1 or > MostPartitions)
        {
            throw new LocalHostException($"an event hub has 1 to {MostPartitions} partitions, not {Partitions}");
        }

        if (Port is < 0 or > ushort.MaxValue)
        {
            throw new LocalHostException($"{Port} is no port");
        }

        if (RetentionBytes < 1)
        {
            throw new LocalHostException($"a partition can't keep {RetentionBytes} bytes");
        }
    }
}
