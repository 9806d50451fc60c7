using System.Globalization;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;

namespace Crowsnest.Core.Feeds;

/// <summary>
/// Messages that unpack to more, or hold more records, than is read. What lies beyond is kept in quarantine and counted there;
/// somebody has to be told as well, because it was not judged.
/// </summary>
public static class RefusedMessages
{
    // All of a cluster are one incident, however many messages and partitions they come over.
    private const string Subject = "large messages";

    /// <summary>What is to be told of a batch: one detection for each cluster and day, which names the first message.</summary>
    /// <param name="batch">The batch, not yet disposed.</param>
    /// <param name="evidence">Where each record lies.</param>
    public static IEnumerable<Detection> In(IntakeBatch batch, IReadOnlyList<Evidence> evidence)
    {
        // Nearly no batch has one, and records are many.
        if (!batch.Records.Any(IsRefused))
        {
            return [];
        }

        return batch.ByMessage().Select(static (one, i) => (one.Message, one.Record, Index: i)).Where(static one => IsRefused(one.Record))
            .GroupBy(static one => (one.Record.Cluster, DayOf(one.Message)))
            .Select(group => Tell([.. group], evidence));
    }

    private static bool IsRefused(IntakeRecord record) =>
        record.Reason is QuarantineReason.TooLarge or QuarantineReason.TooManyRecords or QuarantineReason.BatchTooLarge;

    private static DateOnly DayOf(in MessagePlace message) => DateOnly.FromDateTime(message.EnqueuedTime.UtcDateTime);

    private static Detection Tell(List<(MessagePlace Message, IntakeRecord Record, int Index)> refused, IReadOnlyList<Evidence> evidence)
    {
        (MessagePlace message, IntakeRecord record, int index) = refused[0];
        string limit = record.Reason switch
        {
            QuarantineReason.TooLarge => "bytes than a message may unpack to",
            QuarantineReason.TooManyRecords => "records than a message may hold",
            _ => "than the messages of one delivery may unpack to or hold together",
        };
        string others = refused.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $"; {refused.Count - 1} more like it") : "";
        FeedFault fault = new(
            FeedFaultKind.MessageTooLarge, record.Cluster, Subject, message.EnqueuedTime, string.Create(
                CultureInfo.InvariantCulture,
                $"message {message.SequenceNumber} holds more {limit}: the rest, {record.Raw.Length:N0} bytes as kept, "
                + $"was not judged{others}"));
        return fault.ToDetection() with { Evidence = [evidence[index]] };
    }
}
