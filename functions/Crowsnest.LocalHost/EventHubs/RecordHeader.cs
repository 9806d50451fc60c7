using System.Buffers.Binary;
using System.IO.Hashing;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// What stands before each message in a segment file: length of the message, checksum of all that follows the checksum,
/// sequence number, enqueued time. The offset is not written: it is the place in the log.
/// </summary>
internal readonly record struct RecordHeader(int Length, uint Checksum, long SequenceNumber, long EnqueuedAt)
{
    internal const int Size = 24;

    // The largest message, the annotations that are added to it, and room: a length above that is no length.
    private const int LongestMessage = 2 * 1024 * 1024;
    private const int ChecksumAt = 4;
    private const int SequenceAt = 8;
    private const int TimeAt = 16;

    /// <summary>False for the zeros that a file system may leave after a power cut, and for any other nonsense.</summary>
    internal bool IsPlausible => Length is > 0 and <= LongestMessage;

    internal static RecordHeader Read(ReadOnlySpan<byte> record) => new(
        BinaryPrimitives.ReadInt32LittleEndian(record),
        BinaryPrimitives.ReadUInt32LittleEndian(record[ChecksumAt..]),
        BinaryPrimitives.ReadInt64LittleEndian(record[SequenceAt..]),
        BinaryPrimitives.ReadInt64LittleEndian(record[TimeAt..]));

    /// <summary>Fills in the header of a record whose message is in place.</summary>
    internal static void Write(Span<byte> record, RecordMark mark)
    {
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length - Size);
        BinaryPrimitives.WriteInt64LittleEndian(record[SequenceAt..], mark.SequenceNumber);
        BinaryPrimitives.WriteInt64LittleEndian(record[TimeAt..], mark.EnqueuedAt);
        BinaryPrimitives.WriteUInt32LittleEndian(record[ChecksumAt..], Crc32.HashToUInt32(record[SequenceAt..]));
    }

    /// <summary>True when the record's bytes are those that were written.</summary>
    internal bool Matches(ReadOnlySpan<byte> record) => Crc32.HashToUInt32(record[SequenceAt..]) == Checksum;
}
