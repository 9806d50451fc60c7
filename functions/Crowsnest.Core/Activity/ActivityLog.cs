using System.Buffers.Binary;
using System.IO.Compression;

namespace Crowsnest.Core.Activity;

/// <summary>
/// Who did how much of what, by slots of event time. It grows with the groups that are active, not with their events, and
/// merges in any order, whole or in parts, once or twice, to the same.
/// </summary>
public sealed class ActivityLog
{
    /// <summary>Minutes of event time that are stored together.</summary>
    public const int BucketMinutes = 10;

    private const byte Format = 1;

    // The format and the length of what is compressed: gzip takes a cut end for an end.
    private const int Header = 1 + sizeof(int);

    private readonly Dictionary<ActivityKey, SortedList<long, ActivityCell>> _cells = [];

    /// <summary>What each group did, for each correlation.</summary>
    public IEnumerable<ActivityGroup> Groups => _cells.GroupBy(static pair => pair.Key with { Rule = "" }).Select(static group =>
        new ActivityGroup(group.Key, group.ToDictionary(static pair => pair.Key.Rule, static pair => pair.Value)));

    public bool IsEmpty => _cells.Count == 0;

    /// <summary>Event time of the last event.</summary>
    public DateTimeOffset End => _cells.Values.SelectMany(static slots => slots.Values)
        .Select(static cell => cell.Last).DefaultIfEmpty(DateTimeOffset.MinValue).Max();

    /// <summary>The cell of a slot, made if it is not there.</summary>
    /// <param name="key">What is counted.</param>
    /// <param name="slot">Beginning of the slot in minutes since 0001-01-01 UTC.</param>
    public ActivityCell Cell(in ActivityKey key, long slot)
    {
        if (!_cells.TryGetValue(key, out SortedList<long, ActivityCell>? slots))
        {
            _cells.Add(key, slots = []);
        }

        if (!slots.TryGetValue(slot, out ActivityCell? cell))
        {
            slots.Add(slot, cell = new ActivityCell());
        }

        return cell;
    }

    public void Merge(ActivityLog other) => Add(other.Groups);

    /// <summary>Merges groups of other logs into this one.</summary>
    internal void Add(IEnumerable<ActivityGroup> groups)
    {
        foreach (ActivityGroup group in groups)
        {
            foreach ((string rule, SortedList<long, ActivityCell> slots) in group.ByRule)
            {
                foreach ((long slot, ActivityCell cell) in slots)
                {
                    Cell(group.Key with { Rule = rule }, slot).Merge(cell);
                }
            }
        }
    }

    /// <summary>The log in pieces for storing, each of one cluster and bucket of event time.</summary>
    /// <param name="largest">Bytes of a piece before it is compressed, to about a sixth; a single cell may be larger.</param>
    public IEnumerable<(string Cluster, long Bucket, byte[] Piece)> ToPieces(int largest)
    {
        var byBucket = _cells.SelectMany(static group => group.Value.Select(slot => (group.Key, Slot: slot.Key, Cell: slot.Value)))
            .GroupBy(static cell => (cell.Key.Cluster, Bucket: cell.Slot / BucketMinutes));
        foreach (var bucket in byBucket)
        {
            using MemoryStream stream = new();
            using BinaryWriter writer = new(stream);
            foreach ((ActivityKey key, long slot, ActivityCell cell) in bucket)
            {
                writer.Write(key.Correlation);
                writer.Write(key.Rule);
                writer.Write(key.Group);
                writer.Write(slot);
                cell.Write(writer);
                if (stream.Length >= largest)
                {
                    yield return (bucket.Key.Cluster, bucket.Key.Bucket, Compress(stream));
                    stream.SetLength(0);
                }
            }

            if (stream.Length > 0)
            {
                yield return (bucket.Key.Cluster, bucket.Key.Bucket, Compress(stream));
            }
        }
    }

    /// <summary>Merges a piece into the log.</summary>
    /// <exception cref="InvalidDataException">The bytes are no piece of a log.</exception>
    public void Read(string cluster, byte[] piece)
    {
        try
        {
            if (piece.Length < Header || piece[0] != Format)
            {
                throw new InvalidDataException("the activity was written by another version");
            }

            using BinaryReader reader = new(Decompress(piece));
            while (reader.BaseStream.Position < reader.BaseStream.Length)
            {
                ActivityKey key = new(cluster, reader.ReadString(), reader.ReadString(), reader.ReadString());
                long slot = reader.ReadInt64();
                Cell(key, slot).Merge(ActivityCell.Read(reader));
            }
        }
        catch (Exception broken) when (broken is EndOfStreamException or FormatException or ArgumentException)
        {
            throw new InvalidDataException("the activity is cut or damaged", broken);
        }
    }

    // The same few names over and over.
    private static byte[] Compress(MemoryStream cells)
    {
        using MemoryStream piece = new();
        piece.WriteByte(Format);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, (int)cells.Length);
        piece.Write(length);
        using (GZipStream zip = new(piece, CompressionLevel.Fastest))
        {
            cells.WriteTo(zip);
        }

        return piece.ToArray();
    }

    private static MemoryStream Decompress(byte[] piece)
    {
        using GZipStream zip = new(new MemoryStream(piece, Header, piece.Length - Header), CompressionMode.Decompress);
        MemoryStream cells = new();
        zip.CopyTo(cells);
        cells.Position = 0;
        return cells.Length == BinaryPrimitives.ReadInt32LittleEndian(piece.AsSpan(1)) ? cells : throw new EndOfStreamException();
    }
}
