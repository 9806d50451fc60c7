using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>A hub's partitions and consumer groups, found by the names that clients give.</summary>
internal sealed class HubStore : IDisposable
{
    private readonly HubFolder _folder;
    private readonly HashSet<string> _consumerGroups;
    private int _turn = -1;

    private HubStore(HubFolder folder, IReadOnlyList<PartitionLog> partitions, IEnumerable<string> consumerGroups)
    {
        _folder = folder;
        Partitions = partitions;
        _consumerGroups = consumerGroups.Append(EventHubBrokerOptions.DefaultConsumerGroup)
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
    }

    internal HubDescription Description => _folder.Description;

    internal IReadOnlyList<PartitionLog> Partitions { get; }

    /// <exception cref="LocalHostException">The folder is in use, or holds another hub.</exception>
    internal static HubStore Open(EventHubBrokerOptions options, TimeProvider clock)
    {
        HubFolder folder = HubFolder.Open(
            options.DataFolder, new HubDescription(options.HubName, options.Partitions, clock.GetUtcNow().UtcDateTime));
        try
        {
            PartitionLog[] partitions = [.. Enumerable.Range(0, options.Partitions)
                .Select(static i => i.ToString(CultureInfo.InvariantCulture))
                .Select(id => new PartitionLog(
                    id, Path.Combine(options.DataFolder, id), options.RetentionBytes, clock, options.Say))];
            return new HubStore(folder, partitions, options.ConsumerGroups);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            folder.Dispose();
            throw new LocalHostException($"the messages in {options.DataFolder} can't be read: {fault.Message}", fault);
        }
    }

    internal bool IsCalled(string? hub) => string.Equals(hub, Description.Name, StringComparison.OrdinalIgnoreCase);

    internal bool HasConsumerGroup(string name) => _consumerGroups.Contains(name);

    internal PartitionLog? Find(string? partition) => Partitions.FirstOrDefault(log => log.Id == partition);

    /// <summary>
    /// The partition of a key, always the same one, or the next in turn when there is no key. Azure's hash is another one.
    /// </summary>
    internal PartitionLog Choose(string? partitionKey)
    {
        uint number = partitionKey is null
            ? (uint)Interlocked.Increment(ref _turn)
            : XxHash32.HashToUInt32(Encoding.UTF8.GetBytes(partitionKey));
        return Partitions[(int)(number % (uint)Partitions.Count)];
    }

    public void Dispose()
    {
        foreach (PartitionLog partition in Partitions)
        {
            partition.Dispose();
        }

        _folder.Dispose();
    }
}
