using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Crowsnest.Core.Archiving;

/// <summary>
/// The lines of one cluster in a raw blob: a gzip member, whose file name (RFC 1952, FNAME) says <c>CLUSTER/LINES/BYTES.jsonl</c>. So a
/// member is found without unpacking those before it, one that is cut is noticed, and any gunzip reads the blob.
/// </summary>
/// <param name="Cluster">The cluster; null when the blob was not written member by member and its path names none.</param>
/// <param name="FirstLine">Line of the blob that is its first, from 1.</param>
/// <param name="Lines">How many lines it says it has, or -1.</param>
/// <param name="Packed">The member, gzip.</param>
public sealed record RawMember(string? Cluster, int FirstLine, int Lines, ReadOnlyMemory<byte> Packed)
{
    private const int HeaderLength = 10;
    private const int FlagsAt = 3;
    private const byte HasName = 8;
    private const string Ending = ".jsonl";
    private const int SmallestRoom = 64 * 1024;

    // Two of the largest members that are written.
    private const int LargestSaid = 32 * 1024 * 1024;

    /// <summary>The members of a raw blob, whatever version wrote it.</summary>
    /// <param name="path">Its path in the archive. Once there was one blob for each cluster of a batch, and the path named it.</param>
    /// <param name="blob">Its content.</param>
    /// <exception cref="InvalidDataException">It is cut, or no gzip.</exception>
    public static IReadOnlyList<RawMember> Of(string path, ReadOnlyMemory<byte> blob)
    {
        List<RawMember> members = [];
        int line = 1;
        while (!blob.IsEmpty)
        {
            if (!TryName(blob.Span, out int start, out string cluster, out int lines, out int bytes))
            {
                // The rest is as another version or another tool wrote it.
                string? ofPath = RawPath.Parse(path)?.Cluster;
                members.Add(new RawMember(members.Count == 0 ? ofPath : members[^1].Cluster, line, -1, blob));
                break;
            }

            if (bytes > blob.Length - start)
            {
                throw new InvalidDataException($"the gzip member of line {line} is cut");
            }

            members.Add(new RawMember(cluster, line, lines, blob[..(start + bytes)]));
            line += lines;
            blob = blob[(start + bytes)..];
        }

        return members;
    }

    /// <summary>Unpacks the lines.</summary>
    /// <exception cref="InvalidDataException">The member is damaged.</exception>
    public ReadOnlyMemory<byte> Unpack()
    {
        byte[] room = [];
        return Unpack(ref room);
    }

    /// <summary>Unpacks the lines into room that is used again.</summary>
    /// <param name="room">The room; replaced by larger where it is too small.</param>
    /// <exception cref="InvalidDataException">The member is damaged.</exception>
    internal ReadOnlyMemory<byte> Unpack(ref byte[] room)
    {
        using GZipStream zip = new(Open(), CompressionMode.Decompress);
        int length = 0;
        Reserve(ref room, Math.Min(Lines < 0 ? 0 : SizeSaid(), LargestSaid) + 1);
        for (int read; (read = zip.Read(room.AsSpan(length))) > 0;)
        {
            length += read;
            if (length == room.Length)
            {
                Reserve(ref room, 2 * length);
            }
        }

        ReadOnlyMemory<byte> unpacked = room.AsMemory(0, length);

        // Gzip takes a cut end for an end.
        int found = unpacked.Span.Count((byte)'\n');
        return Lines < 0 || found == Lines ? unpacked : throw new InvalidDataException($"{found} of {Lines} lines are left");
    }

    // RFC 1952, ISIZE; what is damaged says anything.
    private int SizeSaid() =>
        Packed.Length < sizeof(int) ? 0 : Math.Max(0, BinaryPrimitives.ReadInt32LittleEndian(Packed.Span[^sizeof(int)..]));

    private MemoryStream Open() => MemoryMarshal.TryGetArray(Packed, out ArraySegment<byte> array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(Packed.ToArray());

    private static void Reserve(ref byte[] room, int length)
    {
        if (room.Length < length)
        {
            byte[] larger = GC.AllocateUninitializedArray<byte>(Math.Max(length, SmallestRoom));
            room.CopyTo(larger, 0);
            room = larger;
        }
    }

    /// <summary>Writes a member with its name.</summary>
    /// <param name="blob">Where to.</param>
    /// <param name="packed">A gzip member without a name.</param>
    /// <param name="cluster">The cluster; empty for a member that stays without a name.</param>
    /// <param name="lines">How many lines it has.</param>
    internal static void Write(Stream blob, ReadOnlySpan<byte> packed, string cluster, int lines)
    {
        if (cluster.Length == 0)
        {
            blob.Write(packed);
            return;
        }

        Span<byte> header = stackalloc byte[HeaderLength];
        packed[..HeaderLength].CopyTo(header);
        header[FlagsAt] |= HasName;
        blob.Write(header);
        blob.Write(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"{cluster}/{lines}/{packed.Length - HeaderLength}{Ending}\0")));
        blob.Write(packed[HeaderLength..]);
    }

    private static bool TryName(ReadOnlySpan<byte> blob, out int start, out string cluster, out int lines, out int bytes)
    {
        (start, cluster, lines, bytes) = (0, "", 0, 0);
        int length = blob.Length > HeaderLength && blob[0] == 0x1F && blob[1] == 0x8B && blob[FlagsAt] == HasName
            ? blob[HeaderLength..].IndexOf((byte)0) : -1;
        if (length < 0)
        {
            return false;
        }

        start = HeaderLength + length + 1;
        string[] parts = Encoding.ASCII.GetString(blob.Slice(HeaderLength, length)).Split('/');
        cluster = parts[0];
        return parts.Length == 3 && parts[2].EndsWith(Ending, StringComparison.Ordinal)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out lines)
            && int.TryParse(
                parts[2].AsSpan(0, parts[2].Length - Ending.Length), NumberStyles.None, CultureInfo.InvariantCulture, out bytes);
    }
}
