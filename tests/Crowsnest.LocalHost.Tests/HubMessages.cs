using System.Globalization;
using Azure.Core.Amqp;
using Azure.Messaging.EventHubs;

namespace Crowsnest.LocalHost.Tests;

/// <summary>Messages as a hub gives them out.</summary>
internal static class HubMessages
{
    /// <summary>A message at a place in its partition.</summary>
    internal static EventData At(ReadOnlyMemory<byte> body, long sequence, DateTimeOffset enqueued)
    {
        AmqpAnnotatedMessage message = new(AmqpMessageBody.FromData([body]));
        message.MessageAnnotations["x-opt-sequence-number"] = sequence;
        message.MessageAnnotations["x-opt-offset"] = sequence.ToString(CultureInfo.InvariantCulture);
        message.MessageAnnotations["x-opt-enqueued-time"] = enqueued.UtcDateTime;
        return new EventData(message);
    }
}
