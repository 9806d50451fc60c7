using Microsoft.Win32.SafeHandles;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>Reads a segment file record by record, a piece of the file at a time.</summary>
/// <param name="file">The file, which stays the caller's.</param>
/// <param name="baseOffset">Offset of the file's first byte in the log.</param>
/// <param name="position">Position in the file to begin at.</param>
internal sealed class RecordReader(SafeFileHandle file, long baseOffset, long position)
{
    // Below the 85,000 bytes from which the runtime collects arrays rarely.
    private const int PieceSize = 64 * 1024;

    private byte[] _piece = [];
    private int _start;
    private int _end;

    /// <summary>Position of the next record in the file.</summary>
    internal long Position { get; private set; } = position;

    /// <summary>Reads the next record that ends before <paramref name="limit"/>, a position in the file.</summary>
    internal ReadOutcome Read(long limit, out LogRecord record)
    {
        record = default;
        if (Position >= limit)
        {
            return ReadOutcome.AtEnd;
        }

        if (!Hold(RecordHeader.Size, limit))
        {
            return ReadOutcome.Damaged;
        }

        RecordHeader header = RecordHeader.Read(_piece.AsSpan(_start));
        int size = RecordHeader.Size + header.Length;
        if (!header.IsPlausible || !Hold(size, limit) || !header.Matches(_piece.AsSpan(_start, size)))
        {
            return ReadOutcome.Damaged;
        }

        record = new LogRecord(
            new RecordMark(header.SequenceNumber, baseOffset + Position, header.EnqueuedAt),
            new ArraySegment<byte>(_piece, _start + RecordHeader.Size, header.Length));
        _start += size;
        Position += size;
        return ReadOutcome.Read;
    }

    // Each piece is a new array: the messages cut from the one before may still be on their way to a client.
    private bool Hold(int count, long limit)
    {
        if (_end - _start >= count)
        {
            return true;
        }

        if (limit - Position < count)
        {
            return false;
        }

        _piece = GC.AllocateUninitializedArray<byte>((int)Math.Min(Math.Max(PieceSize, count), limit - Position));
        _start = 0;
        _end = 0;
        while (_end < _piece.Length && RandomAccess.Read(file, _piece.AsSpan(_end), Position + _end) is > 0 and int read)
        {
            _end += read;
        }

        return _end >= count;
    }
}
