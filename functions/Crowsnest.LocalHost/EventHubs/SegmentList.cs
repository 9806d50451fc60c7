namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// The files of a partition, oldest first; the newest is the one that grows. Its log sees to it that one thread at a time
/// uses it.
/// </summary>
internal sealed class SegmentList : IDisposable
{
    private readonly string _folder;
    private readonly long _segmentBytes;
    private readonly List<Segment> _segments;

    private SegmentList(string folder, long segmentBytes, List<Segment> segments, RecordMark? last)
    {
        _folder = folder;
        _segmentBytes = segmentBytes;
        _segments = segments;
        Last = last;
        Bytes = segments.Sum(static segment => segment.Length);
    }

    internal int Count => _segments.Count;

    internal long Bytes { get; private set; }

    /// <summary>The newest message, or null when there has never been one.</summary>
    internal RecordMark? Last { get; private set; }

    internal Segment? Newest => _segments.LastOrDefault();

    internal long FirstSequenceNumber => _segments.Count == 0 ? 0 : _segments[0].First.SequenceNumber;

    /// <summary>Bytes of the log, those included that have gone.</summary>
    internal long End => Newest is { } newest ? newest.First.Offset + newest.Length : 0;

    /// <summary>Reads what is in a folder. Of the newest file every record is checked, of the others the first.</summary>
    internal static SegmentList Load(string id, string folder, long segmentBytes, Action<string> say)
    {
        Directory.CreateDirectory(folder);
        List<(string Path, long BaseOffset)> files = [.. Segment.FilesOf(folder)];
        for (int newest = files.Count - 1; newest >= 0; newest--)
        {
            (string path, long baseOffset) = files[newest];
            (Segment? segment, RecordMark last, long cut) = RecoveredSegment.Recover(path, baseOffset);
            if (cut > 0)
            {
                say($"partition {id}: the last {cut} bytes of {path} are no whole message and have been cut off. "
                    + "Unless something else has changed the file, no sender was told that they were accepted.");
            }

            if (segment is not null)
            {
                IEnumerable<Segment> older = files[..newest].SelectMany(file => Open(id, file, say));
                return new SegmentList(folder, segmentBytes, [.. older, segment], last);
            }

            File.Delete(path);
        }

        return new SegmentList(folder, segmentBytes, [], null);
    }

    internal void Append(RecordBatch batch)
    {
        if (Newest is { } newest && newest.Length + batch.Records.Length <= _segmentBytes)
        {
            newest.Append(batch);
        }
        else
        {
            Segment created = Segment.Create(_folder, batch.Marks[0]);
            created.Append(batch);
            Newest?.Dispose();
            _segments.Add(created);
        }

        Last = batch.Marks[^1];
        Bytes += batch.Records.Length;
    }

    /// <summary>The file and the place in it where the messages begin that a selector lets through.</summary>
    internal (Segment Segment, long Position, long SequenceNumber) Find(EventSelector selector)
    {
        int found = _segments.FindIndex(segment => selector.IsReached(segment.First));
        Segment segment = found < 0 ? _segments[^1] : _segments[Math.Max(found - 1, 0)];
        (long position, long sequenceNumber) = segment.Find(selector.IsReached);
        return (segment, position, sequenceNumber);
    }

    /// <summary>The file that follows another, which may have been dropped meanwhile; the first one when there is no other.</summary>
    internal Segment? After(Segment? other)
    {
        long read = other?.First.SequenceNumber ?? -1;
        return _segments.Find(segment => segment.First.SequenceNumber > read);
    }

    /// <summary>Takes the oldest file off the list. It stays in the folder for the caller to delete.</summary>
    internal Segment DropOldest()
    {
        Segment oldest = _segments[0];
        _segments.RemoveAt(0);
        Bytes -= oldest.Length;
        return oldest;
    }

    public void Dispose() => _segments.ForEach(static segment => segment.Dispose());

    private static IEnumerable<Segment> Open(string id, (string Path, long BaseOffset) file, Action<string> say)
    {
        if (Segment.Open(file.Path, file.BaseOffset) is { } segment)
        {
            yield return segment;
        }
        else
        {
            say($"partition {id}: {file.Path} is damaged at its beginning; its messages are left out");
        }
    }
}
