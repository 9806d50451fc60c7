using System.Buffers;
using System.Collections.Concurrent;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Intake;

/// <summary>
/// The records of one batch. It owns the buffers that escaped logs were unescaped into: the events' bodies are slices of
/// them and end with it.
/// </summary>
public sealed class IntakeBatch(IntakeBudget budget) : IDisposable
{
    private const int SmallestBuffer = 64 * 1024;

    // What a batch may come to before the rest of the delivery goes into another: a few of the largest messages.
    private const long HeavyBytes = 128L * 1024 * 1024;
    private const int HeavyRecords = 200_000;

    // Batches come and go by the thousand; what they collect in is used again.
    private static readonly ConcurrentBag<Storage> Idle = [];

    private readonly List<byte[]> _rented = [];
    private Storage _storage = Idle.TryTake(out Storage? idle) ? idle : new Storage();
    private Memory<byte> _free;
    private long _unpacked;
    private int _mostRecords = IntakeBudget.MostRecordsOfMessage;

    /// <summary>A batch of a delivery of its own.</summary>
    public IntakeBatch()
        : this(new IntakeBudget())
    {
    }

    /// <summary>The records so far; none any more once the batch is disposed.</summary>
    public IReadOnlyList<IntakeRecord> Records => _storage.Records;

    /// <summary>The messages so far, in the order in which they were read.</summary>
    public IReadOnlyList<MessagePlace> Messages => _storage.Messages;

    public IntakeCounts Counts => IntakeCounts.Of(_storage.Records);

    /// <summary>True when it holds so much that the messages that are left should go into another batch.</summary>
    public bool IsHeavy => _unpacked >= HeavyBytes || _storage.Records.Count >= HeavyRecords;

    /// <summary>The records, each with the message that it came in.</summary>
    public IEnumerable<(MessagePlace Message, IntakeRecord Record)> ByMessage()
    {
        for (int m = 0; m < Messages.Count; m++)
        {
            int end = m + 1 < Messages.Count ? Messages[m + 1].FirstRecord : Records.Count;
            for (int i = Messages[m].FirstRecord; i < end; i++)
            {
                yield return (Messages[m], Records[i]);
            }
        }
    }

    public void Dispose()
    {
        foreach (byte[] buffer in _rented)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _rented.Clear();
        _free = default;
        Storage storage = Interlocked.Exchange(ref _storage, Storage.None);
        if (storage != Storage.None)
        {
            storage.Records.Clear();
            storage.Messages.Clear();
            storage.Seen.Clear();
            Idle.Add(storage);
        }
    }

    /// <summary>
    /// True when the message has given as many records as one may. A file has no such limit: it comes from whoever runs the
    /// command, and one document may hold a month.
    /// </summary>
    internal bool IsFull => RecordsOfMessage >= _mostRecords && _storage.Messages[^1].EnqueuedTime != default;

    /// <summary>Why a message that is full may hold no more.</summary>
    internal QuarantineReason FullReason => _mostRecords < IntakeBudget.MostRecordsOfMessage
        ? QuarantineReason.BatchTooLarge : QuarantineReason.TooManyRecords;

    private int RecordsOfMessage => _storage.Records.Count - _storage.Messages[^1].FirstRecord;

    /// <summary>Begins a message: the records that follow are its.</summary>
    internal void Begin(in HubMessage message) =>
        _storage.Messages.Add(new(message.SequenceNumber, message.EnqueuedTime, _storage.Records.Count));

    /// <summary>Bytes that a packed message, or what is packed within one, may unpack to.</summary>
    internal int MayUnpack(int packed) =>
        _storage.Messages[^1].EnqueuedTime == default ? Gunzip.LargestMessage : budget.BytesFor(packed);

    /// <summary>Counts bytes that were packed.</summary>
    internal void Unpacked(int bytes)
    {
        _unpacked += bytes;
        budget.Unpacked(bytes);
    }

    /// <summary>Sets how many records the message may hold, now that its length is known.</summary>
    internal void Limit(int length) => _mostRecords = budget.RecordsFor(length);

    /// <summary>Ends a message.</summary>
    internal void End() => budget.Read(RecordsOfMessage);

    /// <summary>
    /// Adds a record; an audit event and stage that stood here before becomes a duplicate. A cut copy and a whole one are
    /// two, so that the whole one is read wherever it stands.
    /// </summary>
    internal void Add(IntakeRecord record)
    {
        if (record.Event is { HasAuditId: true } audit && !_storage.Seen.Add((RequestKey.Of(audit), audit.Stage, record.Outcome)))
        {
            record = record with { Outcome = IntakeOutcome.Duplicate, Event = null };
        }

        _storage.Records.Add(record);
    }

    /// <summary>Forgets the records from here on, none of which is an event.</summary>
    internal void ForgetFrom(int record) => _storage.Records.RemoveRange(record, _storage.Records.Count - record);

    /// <summary>Gives room that lives as long as the batch.</summary>
    internal Memory<byte> Take(int atLeast)
    {
        if (_free.Length < atLeast)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(atLeast, SmallestBuffer));
            _rented.Add(buffer);
            _free = buffer;
        }

        return _free;
    }

    /// <summary>Keeps the first bytes of what <see cref="Take"/> gave.</summary>
    internal ReadOnlyMemory<byte> Keep(int length)
    {
        Memory<byte> kept = _free[..length];
        _free = _free[length..];
        return kept;
    }

    private sealed class Storage
    {
        internal static Storage None { get; } = new();

        internal List<IntakeRecord> Records { get; } = [];

        internal List<MessagePlace> Messages { get; } = [];

        internal HashSet<(RequestKey Request, AuditStage Stage, IntakeOutcome Outcome)> Seen { get; } = [];
    }
}
