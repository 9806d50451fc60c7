using Microsoft.Azure.Amqp;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// Who may read a partition within a consumer group. A reader with an owner level (epoch) is alone there: it ends all others,
/// and stays until one of an equal or a higher level comes.
/// </summary>
internal sealed class OwnerLevels
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<(AmqpLink Link, long? Level)>> _readers = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Lets a reader in until its link closes, and ends those that it takes the partition from.</summary>
    /// <param name="place">Consumer group and partition.</param>
    /// <param name="link">The reader.</param>
    /// <param name="level">Its owner level, or null for one that shares.</param>
    /// <exception cref="AmqpException">A reader of a higher level has the partition.</exception>
    internal void Enter(string place, AmqpLink link, long? level)
    {
        List<AmqpLink> ended = [];
        lock (_gate)
        {
            if (!_readers.TryGetValue(place, out List<(AmqpLink Link, long? Level)>? readers))
            {
                _readers[place] = readers = [];
            }

            if (readers.Find(static reader => reader.Level is not null) is { Level: { } held } && (level is null || level < held))
            {
                throw HubErrors.Stolen($"a reader of owner level {held} has {place}; one {Describe(level)} may not join");
            }

            if (level is not null)
            {
                ended.AddRange(readers.Select(static reader => reader.Link));
                readers.Clear();
            }

            readers.Add((link, level));
        }

        link.SafeAddClosed((_, _) => Leave(place, link));
        foreach (AmqpLink other in ended)
        {
            other.SafeClose(HubErrors.Stolen($"a reader {Describe(level)} has taken {place} over"));
        }
    }

    private static string Describe(long? level) => level is null ? "without owner level" : $"of owner level {level}";

    private void Leave(string place, AmqpLink link)
    {
        lock (_gate)
        {
            _readers[place].RemoveAll(reader => reader.Link == link);
        }
    }
}
