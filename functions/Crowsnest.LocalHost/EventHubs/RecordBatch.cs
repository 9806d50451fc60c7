using System.Buffers;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>Messages on their way into a log, encoded as its records. Kept, so that its memory is used again.</summary>
internal sealed class RecordBatch
{
    private readonly ArrayBufferWriter<byte> _records = new();
    private readonly List<RecordMark> _marks = [];

    internal ReadOnlySpan<byte> Records => _records.WrittenSpan;

    internal IReadOnlyList<RecordMark> Marks => _marks;

    /// <summary>Encodes messages in place of those before.</summary>
    /// <param name="messages">The messages as they came.</param>
    /// <param name="partitionKey">The key that all of them were sent with, if there was one.</param>
    /// <param name="mark">Where the first of them will stand.</param>
    /// <exception cref="Microsoft.Azure.Amqp.AmqpException">One of them is no message.</exception>
    internal void Encode(IEnumerable<IList<ArraySegment<byte>>> messages, string? partitionKey, RecordMark mark)
    {
        _records.ResetWrittenCount();
        _marks.Clear();
        foreach (IList<ArraySegment<byte>> message in messages)
        {
            int size = Add(StampedMessage.Encode(message, mark, partitionKey), mark);
            _marks.Add(mark);
            mark = mark with { SequenceNumber = mark.SequenceNumber + 1, Offset = mark.Offset + size };
        }
    }

    private int Add(ArraySegment<byte>[] message, RecordMark mark)
    {
        int size = RecordHeader.Size + message.Sum(static part => part.Count);
        Span<byte> record = _records.GetSpan(size)[..size];
        int at = RecordHeader.Size;
        foreach (ArraySegment<byte> part in message)
        {
            part.AsSpan().CopyTo(record[at..]);
            at += part.Count;
        }

        RecordHeader.Write(record, mark);
        _records.Advance(size);
        return size;
    }
}
