using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// One append-only file of a partition's log, named after the offset of its first byte. Its log sees to it that one thread at
/// a time uses it; whoever reads does so through a handle of his own, which outlives the file's removal.
/// </summary>
internal sealed class Segment : IDisposable
{
    private const string Extension = ".log";
    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    private readonly string _path;
    private SegmentIndex? _index;
    private SafeFileHandle? _writer;

    internal Segment(string path, RecordMark first, long length, SegmentIndex? index)
    {
        _path = path;
        First = first;
        Length = length;
        _index = index;
    }

    /// <summary>The first message.</summary>
    internal RecordMark First { get; }

    /// <summary>Bytes that have been written whole.</summary>
    internal long Length { get; private set; }

    /// <summary>A file that the first append makes.</summary>
    internal static Segment Create(string folder, RecordMark first) =>
        new(Path.Combine(folder, first.Offset.ToString("D20", CultureInfo.InvariantCulture) + Extension), first, 0, new SegmentIndex());

    /// <summary>The files of a folder, oldest first, each with the offset that its name says.</summary>
    internal static IEnumerable<(string Path, long BaseOffset)> FilesOf(string folder)
    {
        foreach (string path in Directory.GetFiles(folder, "*" + Extension).Order(StringComparer.Ordinal))
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (long.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out long baseOffset))
            {
                yield return (path, baseOffset);
            }
        }
    }

    /// <summary>A file that will not grow any more. Only its first record is read; null when that one is damaged.</summary>
    internal static Segment? Open(string path, long baseOffset)
    {
        using SafeFileHandle file = OpenForReading(path);
        long length = RandomAccess.GetLength(file);
        return new RecordReader(file, baseOffset, 0).Read(length, out LogRecord first) == ReadOutcome.Read
            ? new Segment(path, first.Mark, length, index: null)
            : null;
    }

    internal static SafeFileHandle OpenForReading(string path) =>
        File.OpenHandle(path, FileMode.Open, FileAccess.Read, Shared);

    internal SafeFileHandle OpenForReading() => OpenForReading(_path);

    /// <summary>Hands records to the operating system. When that fails, the file stays as long as it was.</summary>
    internal void Append(RecordBatch batch)
    {
        _writer ??= File.OpenHandle(_path, FileMode.OpenOrCreate, FileAccess.Write, Shared);
        try
        {
            RandomAccess.Write(_writer, batch.Records, Length);
        }
        catch (IOException)
        {
            // What remains of it all the same is written over by the next append, or cut off at the next start.
            RandomAccess.SetLength(_writer, Length);
            throw;
        }

        foreach (RecordMark mark in batch.Marks)
        {
            _index!.Add(mark, mark.Offset - First.Offset);
        }

        Length += batch.Records.Length;
    }

    /// <summary>
    /// Position and sequence number of the first message that fulfils a condition which all messages fulfil from some place
    /// on; those of the end, or of the place where the file is damaged, when none does.
    /// </summary>
    internal (long Position, long SequenceNumber) Find(Func<RecordMark, bool> isReached)
    {
        using SafeFileHandle file = OpenForReading();
        _index ??= BuildIndex(file);
        RecordReader reader = new(file, First.Offset, _index.PositionBefore(isReached));
        long sequenceNumber = First.SequenceNumber;
        while (true)
        {
            long position = reader.Position;
            if (reader.Read(Length, out LogRecord record) != ReadOutcome.Read)
            {
                return (position, sequenceNumber);
            }

            if (isReached(record.Mark))
            {
                return (position, record.Mark.SequenceNumber);
            }

            sequenceNumber = record.Mark.SequenceNumber + 1;
        }
    }

    internal void Delete()
    {
        Dispose();
        File.Delete(_path);
    }

    public void Dispose()
    {
        _writer?.Dispose();
        _writer = null;
    }

    private SegmentIndex BuildIndex(SafeFileHandle file)
    {
        SegmentIndex index = new();
        RecordReader reader = new(file, First.Offset, 0);
        while (reader.Read(Length, out LogRecord record) == ReadOutcome.Read)
        {
            index.Add(record.Mark, record.Mark.Offset - First.Offset);
        }

        return index;
    }
}
