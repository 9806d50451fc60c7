using Microsoft.Azure.Amqp;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>A message as it came, with the annotations that a hub adds.</summary>
internal static class StampedMessage
{
    internal const string PartitionKey = "x-opt-partition-key";

    private const string SequenceNumber = "x-opt-sequence-number";
    private const string Offset = "x-opt-offset";
    private const string EnqueuedTime = "x-opt-enqueued-time";

    /// <summary>Encodes the message anew. What it carries besides, body and properties, stays byte by byte as it was.</summary>
    /// <exception cref="AmqpException">The bytes are no message.</exception>
    internal static ArraySegment<byte>[] Encode(IList<ArraySegment<byte>> encoded, RecordMark mark, string? partitionKey)
    {
        using AmqpMessage message = AmqpMessage.CreateOutputMessage(new BufferListStream(encoded), ownStream: true);
        message.MessageAnnotations.Map[SequenceNumber] = mark.SequenceNumber;
        message.MessageAnnotations.Map[Offset] = $"{mark.Offset}";
        message.MessageAnnotations.Map[EnqueuedTime] = mark.EnqueuedTime;
        if (partitionKey is not null)
        {
            message.MessageAnnotations.Map[PartitionKey] = partitionKey;
        }

        return message.GetPayload();
    }
}
