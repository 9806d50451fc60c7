using System.Runtime.InteropServices;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Intake;

/// <summary>
/// What came in of one cluster on one day, in a form that can be merged: however the messages are cut into batches,
/// delivered again or spread over instances, the merged tally, and so its counts, are the same. Eight bytes an event.
/// </summary>
public sealed class FeedTally
{
    private const byte Format = 1;

    private readonly Dictionary<(string Partition, long SequenceNumber), MessageTally> _messages = [];
    private readonly HashSet<ulong> _parsed = [];
    private readonly HashSet<ulong> _salvaged = [];

    /// <summary>The tallies of a batch, by cluster and by the UTC day on which the hub took each message.</summary>
    /// <param name="batch">The batch, not yet disposed.</param>
    /// <param name="partition">The partition it came from.</param>
    public static IReadOnlyDictionary<(string Cluster, DateOnly Day), FeedTally> Of(IntakeBatch batch, string partition)
    {
        Dictionary<(string Cluster, DateOnly Day), FeedTally> tallies = [];
        (string Cluster, DateOnly Day) last = ("", default);
        FeedTally? tally = null;
        foreach ((MessagePlace message, IntakeRecord record) in batch.ByMessage())
        {
            // Nearly every record is of the feed of the one before it.
            DateOnly day = DateOnly.FromDateTime(message.EnqueuedTime.UtcDateTime);
            if (tally is null || !ReferenceEquals(record.Cluster, last.Cluster) || day != last.Day)
            {
                last = (record.Cluster, day);
                if (!tallies.TryGetValue(last, out tally))
                {
                    tallies.Add(last, tally = new FeedTally());
                }
            }

            tally.Add((partition, message.SequenceNumber), record);
        }

        return tallies;
    }

    /// <summary>Adds another tally of the same cluster and day. The order does not matter, nor does adding one twice.</summary>
    public void Merge(FeedTally other)
    {
        foreach ((var message, MessageTally tally) in other._messages)
        {
            _messages[message] = tally;
        }

        _parsed.UnionWith(other._parsed);
        _salvaged.UnionWith(other._salvaged);
    }

    /// <summary>The counts. An event that came whole and cut counts as parsed; the sum is the number of records.</summary>
    public IntakeCounts Counts()
    {
        long audit = 0, parsed = _parsed.Count, other = 0, quarantined = 0;
        long salvaged = _salvaged.Count(key => !_parsed.Contains(key));
        foreach (MessageTally message in _messages.Values)
        {
            audit += message.Audit;
            parsed += message.WithoutIdParsed;
            salvaged += message.WithoutIdSalvaged;
            other += message.OtherCategory;
            quarantined += message.Quarantined;
        }

        // A hub that was made anew counts from one again: then a message stands for two, whose events are known all the same.
        return new IntakeCounts(Fit(parsed), Fit(salvaged), Fit(audit - parsed - salvaged), Fit(other), Fit(quarantined));
    }

    /// <summary>Writes the tally as pieces that can be merged back, none of them larger than about the given size.</summary>
    /// <param name="largest">Bytes, at least 1,024.</param>
    public IEnumerable<byte[]> ToPieces(int largest)
    {
        // Half of a piece for keys of both kinds, half for messages, of which none needs 128 bytes.
        int keys = largest / (4 * sizeof(ulong));
        int messages = largest / (2 * 128);
        for (int i = 0; i == 0 || i * keys < Math.Max(_parsed.Count, _salvaged.Count) || i * messages < _messages.Count; i++)
        {
            using MemoryStream stream = new();
            using BinaryWriter writer = new(stream);
            writer.Write(Format);
            var some = _messages.Skip(i * messages).Take(messages).ToList();
            writer.Write7BitEncodedInt(some.Count);
            foreach (((string partition, long sequence), MessageTally tally) in some)
            {
                writer.Write(partition);
                writer.Write(sequence);
                writer.Write7BitEncodedInt(tally.Audit);
                writer.Write7BitEncodedInt(tally.WithoutIdParsed);
                writer.Write7BitEncodedInt(tally.WithoutIdSalvaged);
                writer.Write7BitEncodedInt(tally.OtherCategory);
                writer.Write7BitEncodedInt(tally.Quarantined);
            }

            WriteKeys(writer, [.. _parsed.Skip(i * keys).Take(keys)]);
            WriteKeys(writer, [.. _salvaged.Skip(i * keys).Take(keys)]);
            writer.Flush();
            yield return stream.ToArray();
        }
    }

    /// <summary>Reads a piece.</summary>
    /// <exception cref="InvalidDataException">The bytes are no piece of a tally.</exception>
    public static FeedTally Read(byte[] piece)
    {
        FeedTally tally = new();
        using BinaryReader reader = new(new MemoryStream(piece));
        try
        {
            if (reader.ReadByte() != Format)
            {
                throw new InvalidDataException("the tally was written by another version");
            }

            for (int left = Count(reader); left > 0; left--)
            {
                (string, long) message = (reader.ReadString(), reader.ReadInt64());
                tally._messages[message] = new MessageTally(
                    Count(reader), Count(reader), Count(reader), Count(reader), Count(reader));
            }

            ReadKeys(reader, tally._parsed);
            ReadKeys(reader, tally._salvaged);
            return tally;
        }
        catch (Exception broken) when (broken is EndOfStreamException or FormatException)
        {
            throw new InvalidDataException("the tally is cut or damaged", broken);
        }
    }

    private void Add((string Partition, long SequenceNumber) message, in IntakeRecord record)
    {
        ref MessageTally counts = ref CollectionsMarshal.GetValueRefOrAddDefault(_messages, message, out _);
        counts = counts.With(record);
        if (record.Event is { HasAuditId: true } audit)
        {
            // A stage of a request is what is logged once; see RequestKey for why the auditID alone does not tell.
            RequestKey request = RequestKey.Of(audit);
            ulong key = (request.AuditId * 31) ^ (request.Asked * 33) ^ (ulong)request.Received ^ ((ulong)audit.Stage << 60);
            (record.Outcome == IntakeOutcome.Salvaged ? _salvaged : _parsed).Add(key);
        }
    }

    // A day of a very large cluster is fewer than this; a sum that turned around would be below zero.
    private static int Fit(long count) => (int)Math.Clamp(count, 0, int.MaxValue);

    private static int Count(BinaryReader reader) =>
        reader.Read7BitEncodedInt() is >= 0 and int count ? count : throw new InvalidDataException("a count of the tally is below zero");

    private static void WriteKeys(BinaryWriter writer, ulong[] keys)
    {
        writer.Write7BitEncodedInt(keys.Length);
        foreach (ulong key in keys)
        {
            writer.Write(key);
        }
    }

    private static void ReadKeys(BinaryReader reader, HashSet<ulong> keys)
    {
        for (int left = Count(reader); left > 0; left--)
        {
            keys.Add(reader.ReadUInt64());
        }
    }
}
