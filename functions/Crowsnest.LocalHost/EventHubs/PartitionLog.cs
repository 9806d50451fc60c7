namespace Crowsnest.LocalHost.EventHubs;

/// <summary>
/// A partition: messages in the order in which they came, in files. Memory holds a sparse index; messages are read from the
/// files when they are sent, which mostly means from the file cache of the operating system.
/// </summary>
internal sealed class PartitionLog : IDisposable
{
    private readonly Lock _gate = new();
    private readonly long _retentionBytes;
    private readonly TimeProvider _clock;
    private readonly Action<string> _say;
    private readonly SegmentList _segments;
    private readonly List<LogReader> _readers = [];
    private readonly RecordBatch _batch = new();
    private bool _isDisposed;

    /// <summary>Reads what is in the folder, and goes on where it ended.</summary>
    internal PartitionLog(string id, string folder, long retentionBytes, TimeProvider clock, Action<string> say)
    {
        Id = id;
        _retentionBytes = retentionBytes;
        _clock = clock;
        _say = say;

        // Sixteen files are fine enough to drop from, and few enough to find one's way in.
        _segments = SegmentList.Load(id, folder, Math.Clamp(retentionBytes / 16, 1024, 16 * 1024 * 1024), say);
    }

    internal string Id { get; }

    internal PartitionState State
    {
        get
        {
            lock (_gate)
            {
                return new PartitionState(_segments.FirstSequenceNumber, _segments.Last, _clock.GetUtcNow().UtcDateTime);
            }
        }
    }

    /// <summary>
    /// Appends messages with one write. When this returns the operating system has them: they survive the end of this process,
    /// however it ends, but not a power cut.
    /// </summary>
    /// <exception cref="IOException">They could not be written, and none of them is there.</exception>
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">One of them is no message, and none of them is there.</exception>
    internal void Append(IEnumerable<IList<ArraySegment<byte>>> messages, string? partitionKey)
    {
        List<string> news = [];
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _batch.Encode(messages, partitionKey, Next_NeedsLock());
            if (_batch.Marks.Count > 0)
            {
                _segments.Append(_batch);
                Retain_NeedsLock(news);
                _readers.ForEach(static reader => reader.Wake());
            }
        }

        news.ForEach(_say);
    }

    /// <summary>Opens a reader at the first message that a selector lets through.</summary>
    /// <param name="selector">Where to begin; what is gone already begins at the oldest message that is left.</param>
    /// <param name="who">The reader's name in what is said.</param>
    /// <param name="wake">Called when there may be more to read.</param>
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">The log has not come to that place yet.</exception>
    internal LogReader OpenReader(EventSelector selector, string who, Action wake)
    {
        LogReader reader = new(this, who, wake);
        string? problem;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            problem = selector.Beyond(Next_NeedsLock());
            if (problem is null)
            {
                Start_NeedsLock(reader, selector);
                _readers.Add(reader);
                return reader;
            }
        }

        _say($"partition {Id}, {who}: {problem}");
        throw HubErrors.BadArgument(problem);
    }

    /// <summary>Gives a reader what has been written since it last asked, or the file after the one that it has read.</summary>
    /// <returns>False when the reader has read everything.</returns>
    internal bool Refill(LogReader reader)
    {
        string? missed;
        lock (_gate)
        {
            Segment? segment = reader.Segment;
            if (segment is null || reader.Limit == segment.Length)
            {
                segment = _segments.After(segment);
            }

            if (segment is null || _isDisposed)
            {
                return false;
            }

            missed = reader.GoTo(segment);
        }

        if (missed is not null)
        {
            _say(missed);
        }

        return true;
    }

    /// <summary>Says that a reader can't go on before the file that it reads is followed by another.</summary>
    internal void TellDamage(string who, long sequenceNumber) =>
        _say($"partition {Id}, {who}: the message {sequenceNumber} can't be read: its file is damaged");

    internal void Close(LogReader reader)
    {
        lock (_gate)
        {
            _readers.Remove(reader);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            _segments.Dispose();
        }
    }

    private RecordMark Next_NeedsLock() => new(
        (_segments.Last?.SequenceNumber ?? -1) + 1,
        _segments.End,
        Math.Max(_clock.GetUtcNow().ToUnixTimeMilliseconds(), _segments.Last?.EnqueuedAt ?? 0));

    private void Start_NeedsLock(LogReader reader, EventSelector selector)
    {
        if (selector.Key == EventSelectorKey.Latest || _segments.Newest is null)
        {
            reader.Start(_segments.Newest, _segments.Newest?.Length ?? 0, Next_NeedsLock().SequenceNumber);
        }
        else
        {
            (Segment segment, long position, long sequenceNumber) = _segments.Find(selector);
            reader.Start(segment, position, sequenceNumber);
        }
    }

    private void Retain_NeedsLock(List<string> news)
    {
        while (_segments.Bytes > _retentionBytes && _segments.Count > 1)
        {
            Segment oldest = _segments.DropOldest();
            try
            {
                oldest.Delete();
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                news.Add($"partition {Id}: an old file of the hub can't be deleted: {fault.Message}");
            }

            foreach (LogReader reader in _readers)
            {
                reader.Miss(oldest, _segments.FirstSequenceNumber, news);
            }
        }
    }
}
