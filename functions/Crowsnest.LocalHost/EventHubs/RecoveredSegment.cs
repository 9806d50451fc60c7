using Microsoft.Win32.SafeHandles;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>The newest file of a log after a start: every record of it has been checked, and what is not one is cut off.</summary>
/// <param name="Segment">The file, or null when nothing of it was whole.</param>
/// <param name="Last">Its last message.</param>
/// <param name="Cut">Bytes that were cut off.</param>
internal sealed record RecoveredSegment(Segment? Segment, RecordMark Last, long Cut)
{
    internal static RecoveredSegment Recover(string path, long baseOffset)
    {
        using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        long length = RandomAccess.GetLength(file);
        RecordReader reader = new(file, baseOffset, 0);
        SegmentIndex index = new();
        RecordMark? first = null;
        RecordMark last = default;
        long whole = 0;
        while (reader.Read(length, out LogRecord record) == ReadOutcome.Read
            && (first is null || record.Mark.SequenceNumber == last.SequenceNumber + 1))
        {
            first ??= record.Mark;
            last = record.Mark;
            index.Add(record.Mark, whole);
            whole = reader.Position;
        }

        if (whole < length)
        {
            RandomAccess.SetLength(file, whole);
        }

        Segment? segment = first is { } mark ? new Segment(path, mark, whole, index) : null;
        return new RecoveredSegment(segment, last, length - whole);
    }
}
