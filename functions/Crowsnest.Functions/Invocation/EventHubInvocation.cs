using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Crowsnest.Core.Intake;

namespace Crowsnest.Functions.Invocation;

/// <summary>A batch as the Event Hubs trigger delivers it (cardinality many, dataType binary).</summary>
internal sealed record EventHubInvocation(IReadOnlyList<HubMessage> Messages, string Partition)
{
    /// <summary>Reads the host's body. Metadata that is missing or of another shape never fails the batch.</summary>
    /// <param name="root">The body.</param>
    /// <param name="now">Stands for arrival times that the host did not give.</param>
    internal static EventHubInvocation Read(JsonElement root, DateTimeOffset now)
    {
        JsonElement metadata = HostValue.Child(root, "Metadata");
        IReadOnlyList<JsonElement> sequences = HostValue.Array(metadata, "SequenceNumberArray");
        IReadOnlyList<JsonElement> times = HostValue.Array(metadata, "EnqueuedTimeUtcArray");
        IReadOnlyList<JsonElement> events = HostValue.Array(HostValue.Child(root, "Data"), "events");
        List<HubMessage> messages = [];
        for (int i = 0; i < events.Count; i++)
        {
            byte[] body = Body(events[i]);
            messages.Add(new HubMessage(
                body,
                i < sequences.Count && TryNumber(sequences[i], out long sequence) ? sequence : FromContent(body),
                i < times.Count && TryTime(times[i], out DateTimeOffset time) ? time : now));
        }

        string partition = HostValue.Text(HostValue.Child(metadata, "PartitionContext"), "PartitionId");
        return new EventHubInvocation(messages, partition.Length == 0 ? "x" : ClusterName.Sanitize(partition));
    }

    private static byte[] Body(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.String)
        {
            return Encoding.UTF8.GetBytes(element.GetRawText());
        }

        return element.TryGetBytesFromBase64(out byte[]? bytes) ? bytes : Encoding.UTF8.GetBytes(element.GetString()!);
    }

    private static bool TryNumber(JsonElement element, out long number)
    {
        number = 0;
        return element.ValueKind == JsonValueKind.Number
            ? element.TryGetInt64(out number)
            : element.ValueKind == JsonValueKind.String
                && long.TryParse(element.GetString(), NumberStyles.Integer, CultureInfo.InvariantCulture, out number);
    }

    // The host leaves the Z out; the hub's times are UTC.
    private static bool TryTime(JsonElement element, out DateTimeOffset time)
    {
        time = default;
        return element.ValueKind == JsonValueKind.String && DateTimeOffset.TryParse(
            element.GetString(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out time);
    }

    // Names in the archive must not depend on a clock or on chance.
    private static long FromContent(byte[] body) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(body)) & long.MaxValue;
}
