using Microsoft.Azure.Amqp;

namespace Crowsnest.LocalHost.EventHubs;

/// <summary>Takes what one sender sends, and tells it that a message is accepted once the log has it.</summary>
/// <param name="link">The sender's link.</param>
/// <param name="hub">The hub it sends to.</param>
/// <param name="partition">The partition it sends to, or null when keys or turns choose it.</param>
/// <param name="say">Told what a person should know.</param>
internal sealed class MessageIntake(ReceivingAmqpLink link, HubStore hub, PartitionLog? partition, Action<string> say)
{
    /// <summary>What Azure takes at most, a batch counting as one.</summary>
    internal const ulong LargestMessage = 1024 * 1024;

    // As in Azure. The key is written into every message of a batch.
    private const int LongestKey = 128;

    internal void Take(AmqpMessage message)
    {
        using (message)
        {
            string? key = PartitionKeyOf(message);
            PartitionLog log = partition ?? hub.Choose(key);
            try
            {
                log.Append(Parts(message), key);
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                say($"partition {log.Id}: a message could not be written and was not accepted: {fault.Message}");
                link.RejectMessage(message, HubErrors.Busy($"the message could not be written: {fault.Message}"));
                return;
            }

            link.AcceptMessage(message, settled: true, batchable: false);
        }
    }

    private static string? PartitionKeyOf(AmqpMessage message) =>
        !message.MessageAnnotations.Map.TryGetValue(StampedMessage.PartitionKey, out object? key) || key is null ? null
        : key.ToString() is { Length: <= LongestKey } text ? text
        : throw HubErrors.BadArgument($"a partition key has at most {LongestKey} characters");

    // A batch holds one encoded message in each of its data sections.
    private static IEnumerable<IList<ArraySegment<byte>>> Parts(AmqpMessage message) =>
        message.MessageFormat == AmqpConstants.AmqpBatchedMessageFormat
            ? (message.DataBody ?? []).Select(static data => (IList<ArraySegment<byte>>)[(ArraySegment<byte>)data.Value])
            : [[.. message.RawByteBuffers
                .Where(static buffer => buffer.Length > 0)
                .Select(static buffer => new ArraySegment<byte>(buffer.Buffer, buffer.Offset, buffer.Length))]];
}
