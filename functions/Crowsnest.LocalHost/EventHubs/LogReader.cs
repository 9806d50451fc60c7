using Microsoft.Win32.SafeHandles;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// One consumer's place in a log. It keeps the file that it reads open, so that what is dropped meanwhile can still be read
/// to the end of that file. One thread at a time reads.
/// </summary>
internal sealed class LogReader(PartitionLog log, string who, Action wake) : IDisposable
{
    private SafeFileHandle? _file;
    private RecordReader? _records;
    private long _next;
    private bool _isDamaged;
    private bool _hasMissed;

    /// <summary>The file that is being read.</summary>
    internal Segment? Segment { get; private set; }

    /// <summary>Bytes of the file that are known to have been written.</summary>
    internal long Limit { get; private set; }

    /// <summary>Reads the next message.</summary>
    /// <returns>False when there is none yet.</returns>
    /// <exception cref="IOException">The file can't be read.</exception>
    internal bool TryRead(out LogRecord record)
    {
        while (true)
        {
            record = default;
            switch (_isDamaged ? ReadOutcome.AtEnd : _records?.Read(Limit, out record))
            {
                case ReadOutcome.Read:
                    Volatile.Write(ref _next, record.Mark.SequenceNumber + 1);
                    return true;

                case ReadOutcome.Damaged:
                    _isDamaged = true;
                    log.TellDamage(who, _next);
                    break;

                default:
                    if (!log.Refill(this))
                    {
                        return false;
                    }

                    break;
            }
        }
    }

    /// <summary>Says that there may be more to read.</summary>
    internal void Wake() => wake();

    /// <summary>Sets the place to begin at. Without a file, that is the first one that will be written.</summary>
    internal void Start(Segment? segment, long position, long sequenceNumber)
    {
        _next = sequenceNumber;
        if (segment is not null)
        {
            Open(segment, position);
        }
    }

    /// <summary>Goes on in the same file, which has grown, or in another one.</summary>
    /// <returns>What there is to say about messages between the two, if there were any.</returns>
    internal string? GoTo(Segment segment)
    {
        if (segment == Segment)
        {
            Limit = segment.Length;
            return null;
        }

        long first = segment.First.SequenceNumber;
        string reason = _isDamaged ? "could not be read" : "had been dropped before they were sent";
        string? missed = first > _next
            ? $"partition {log.Id}, {who}: {first - _next} messages, {_next} to {first - 1}, {reason}"
            : null;
        _isDamaged = false;
        _hasMissed = false;
        Volatile.Write(ref _next, first);
        Open(segment, position: 0);
        return missed;
    }

    /// <summary>Notes that a file has been dropped; tells once when that costs this reader messages.</summary>
    internal void Miss(Segment dropped, long firstLeft, List<string> news)
    {
        long next = Volatile.Read(ref _next);
        if (dropped != Segment && next < firstLeft && !_hasMissed)
        {
            _hasMissed = true;
            news.Add($"partition {log.Id}, {who}: messages from {next} on are being dropped before they were sent: "
                + "the hub keeps no more than its limit, and this reader does not keep up");
        }
    }

    public void Dispose()
    {
        log.Close(this);
        _file?.Dispose();
    }

    private void Open(Segment segment, long position)
    {
        _file?.Dispose();
        _file = segment.OpenForReading();
        _records = new RecordReader(_file, segment.First.Offset, position);
        Segment = segment;
        Limit = segment.Length;
    }
}
