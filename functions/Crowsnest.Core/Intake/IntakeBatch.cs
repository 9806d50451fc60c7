using System.Buffers;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Intake;

/// <summary>
/// The records of one batch. It owns the buffers that escaped logs were unescaped into: the events' bodies are slices of
/// them and end with it.
/// </summary>
public sealed class IntakeBatch : IDisposable
{
    private readonly List<IntakeRecord> _records = [];
    private readonly List<byte[]> _rented = [];
    private readonly HashSet<(string AuditId, AuditStage Stage)> _seen = [];
    private Memory<byte> _free;

    public IReadOnlyList<IntakeRecord> Records => _records;

    public IntakeCounts Counts => IntakeCounts.Of(_records);

    public void Dispose()
    {
        foreach (byte[] buffer in _rented)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        _rented.Clear();
        _free = default;
    }

    /// <summary>Adds a record; an audit event and stage that stood here before becomes a duplicate.</summary>
    internal void Add(IntakeRecord record)
    {
        if (record.Event is { AuditId.Length: > 0 } audit && !_seen.Add((audit.AuditId, audit.Stage)))
        {
            record = record with { Outcome = IntakeOutcome.Duplicate, Event = null };
        }

        _records.Add(record);
    }

    /// <summary>Gives room that lives as long as the batch.</summary>
    internal Memory<byte> Take(int atLeast)
    {
        if (_free.Length < atLeast)
        {
            byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(atLeast, 64 * 1024));
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
}
