using System.Text.Json;
using Azure.Messaging.EventHubs;
using Crowsnest.Core.Intake;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions.EventHubs;

/// <summary>A batch as the trigger delivers it.</summary>
/// <param name="Messages">Its messages, in order.</param>
/// <param name="Partition">The partition that they come from.</param>
internal sealed record HubBatch(IReadOnlyList<HubMessage> Messages, string Partition)
{
    private const string UnknownPartition = "x";

    /// <summary>Reads a batch. Metadata that is missing never fails it.</summary>
    /// <param name="events">What the trigger brought.</param>
    /// <param name="context">Says which partition they come from; the messages don't.</param>
    /// <param name="now">Stands for arrival times that are missing, UTC.</param>
    internal static HubBatch Of(EventData[] events, FunctionContext context, DateTimeOffset now) => new(
        Array.ConvertAll(events, data => Message(data, now)),
        PartitionOf(context.BindingContext.BindingData.GetValueOrDefault("PartitionContext") as string));

    private static HubMessage Message(EventData data, DateTimeOffset now)
    {
        ReadOnlyMemory<byte> body = data.EventBody.ToMemory();
        return new HubMessage(
            body,
            data.SequenceNumber == long.MinValue ? HubMessage.PlaceOf(body.Span) : data.SequenceNumber,
            data.EnqueuedTime == default ? now : data.EnqueuedTime);
    }

    private static string PartitionOf(string? json)
    {
        try
        {
            using JsonDocument? context = json is null ? null : JsonDocument.Parse(json);
            return context?.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("PartitionId", out JsonElement id) && id.GetString() is { Length: > 0 } text
                ? ClusterName.Sanitize(text) : UnknownPartition;
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return UnknownPartition;
        }
    }
}
