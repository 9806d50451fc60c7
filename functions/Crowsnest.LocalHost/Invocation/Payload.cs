using System.Globalization;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using Crowsnest.LocalHost.Hub;

namespace Crowsnest.LocalHost.Invocation;

/// <summary>
/// Request bodies exactly as the real host serialises them: arrays as JSON inside one string, strings quoted twice,
/// binary events as base64.
/// </summary>
internal static class Payload
{
    private const string HubNamespace = "local.servicebus.windows.net";

    internal static byte[] EventHubBatch(
        string binding,
        string function,
        string hub,
        string consumerGroup,
        int partition,
        IReadOnlyList<HubEvent> events,
        DateTimeOffset now) => Write(writer =>
        {
            writer.WriteStartObject("Data");
            writer.WriteString(binding, Serialize(events.Select(static e => Convert.ToBase64String(e.Body.Span))));
            writer.WriteEndObject();
            writer.WriteStartObject("Metadata");
            writer.WriteStartObject("PartitionContext");
            writer.WriteBoolean("IsCheckpointingAfterInvocation", true);
            writer.WriteString("FullyQualifiedNamespace", HubNamespace);
            writer.WriteString("EventHubName", hub);
            writer.WriteString("ConsumerGroup", consumerGroup);
            writer.WriteString("PartitionId", partition.ToString(CultureInfo.InvariantCulture));
            writer.WriteEndObject();
            writer.WriteString("PartitionKeyArray", Serialize(events.Select(static _ => (string?)null)));
            writer.WriteString("OffsetArray", Serialize(events.Select(static e => e.SequenceNumber.ToString(CultureInfo.InvariantCulture))));
            writer.WriteString("SequenceNumberArray", Serialize(events.Select(static e => e.SequenceNumber)));
            writer.WriteString("EnqueuedTimeUtcArray", Serialize(events.Select(static e => Unspecified(e.EnqueuedTime))));
            writer.WriteString("PropertiesArray", Serialize(events.Select(static _ => new Dictionary<string, string>())));
            writer.WriteString("SystemPropertiesArray", Serialize(events.Select(static e => new Dictionary<string, object?>
            {
                ["SequenceNumber"] = e.SequenceNumber,
                ["Offset"] = e.SequenceNumber.ToString(CultureInfo.InvariantCulture),
                ["PartitionKey"] = null,
                ["EnqueuedTimeUtc"] = Unspecified(e.EnqueuedTime),
            })));
            WriteSys(writer, function, now);
            writer.WriteEndObject();
        });

    internal static byte[] QueueMessage(string binding, string function, QueueMessage message, DateTimeOffset now) => Write(writer =>
    {
        string text = message.Body.ToString();
        writer.WriteStartObject("Data");
        writer.WriteString(binding, Serialize(text));
        writer.WriteEndObject();
        writer.WriteStartObject("Metadata");
        writer.WriteString("DequeueCount", message.DequeueCount.ToString(CultureInfo.InvariantCulture));
        writer.WriteString("ExpirationTime", Offset(message.ExpiresOn));
        writer.WriteString("Id", Serialize(message.MessageId));
        writer.WriteString("InsertionTime", Offset(message.InsertedOn));
        writer.WriteString("NextVisibleTime", Offset(message.NextVisibleOn));
        writer.WriteString("PopReceipt", Serialize(message.PopReceipt));
        WriteSys(writer, function, now);
        writer.WriteEndObject();
    });

    internal static byte[] Timer(string binding, string function, DateTimeOffset? last, DateTimeOffset next, bool late, DateTimeOffset now) =>
        Write(writer =>
        {
            writer.WriteStartObject("Data");
            writer.WriteStartObject(binding);
            writer.WriteStartObject("Schedule");
            writer.WriteBoolean("AdjustForDST", true);
            writer.WriteEndObject();
            writer.WriteStartObject("ScheduleStatus");
            writer.WriteString("Last", Offset(last ?? DateTimeOffset.MinValue));
            writer.WriteString("Next", Offset(next));
            writer.WriteString("LastUpdated", Offset(last ?? DateTimeOffset.MinValue));
            writer.WriteEndObject();
            writer.WriteBoolean("IsPastDue", late);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteStartObject("Metadata");
            WriteSys(writer, function, now);
            writer.WriteEndObject();
        });

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream))
        {
            writer.WriteStartObject();
            content(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteSys(Utf8JsonWriter writer, string function, DateTimeOffset now)
    {
        writer.WriteStartObject("sys");
        writer.WriteString("MethodName", function);
        writer.WriteString("UtcNow", now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        writer.WriteString("RandGuid", Guid.NewGuid().ToString());
        writer.WriteEndObject();
    }

    private static string Serialize<T>(T value) => JsonSerializer.Serialize(value);

    private static string Unspecified(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);

    private static string Offset(DateTimeOffset? time) =>
        (time ?? DateTimeOffset.MaxValue).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
