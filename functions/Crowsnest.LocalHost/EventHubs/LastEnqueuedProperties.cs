using Microsoft.Azure.Amqp;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>A message that tells its consumer how far the partition has got meanwhile.</summary>
internal static class LastEnqueuedProperties
{
    internal static AmqpMessage Encode(ArraySegment<byte> encoded, PartitionState state)
    {
        using AmqpMessage message = AmqpMessage.CreateOutputMessage(new BufferListStream([encoded]), ownStream: true);
        message.DeliveryAnnotations.Map["last_enqueued_sequence_number"] = state.LastSequenceNumber;
        message.DeliveryAnnotations.Map["last_enqueued_offset"] = state.LastOffset;
        message.DeliveryAnnotations.Map["last_enqueued_time_utc"] = state.LastEnqueuedTime;
        message.DeliveryAnnotations.Map["runtime_info_retrieval_time_utc"] = state.ReadAt;

        // Encoded here and once: a message of this kind that is asked for its size before it is sent loses its body.
        return AmqpMessage.CreateAmqpStreamMessage(new BufferListStream(message.GetPayload()), payloadInitialized: true);
    }
}
