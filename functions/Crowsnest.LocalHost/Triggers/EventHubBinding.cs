using System.Globalization;
using System.Text.Json;
using Azure.Messaging.EventHubs;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Worker;
using Crowsnest.LocalHost.Worker.Rpc;
using Google.Protobuf;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>A batch of messages as the host's Event Hubs extension hands it to a worker that takes <c>EventData[]</c>.</summary>
internal static class EventHubBinding
{
    private const string Version = "1.0";
    private const string Source = "AzureEventHubsEventData";
    private const string ContentType = "application/octet-stream";

    internal static Invocation Invocation(
        FunctionDefinition function,
        string fullyQualifiedNamespace,
        string hub,
        string consumerGroup,
        string partition,
        IReadOnlyList<EventData> events)
    {
        CollectionModelBindingData bodies = new();
        CollectionString keys = new();
        CollectionString offsets = new();
        CollectionSInt64 sequences = new();
        foreach (EventData data in events)
        {
            bodies.ModelBindingData.Add(new ModelBindingData
            {
                Version = Version,
                Source = Source,
                ContentType = ContentType,
                Content = UnsafeByteOperations.UnsafeWrap(data.GetRawAmqpMessage().ToBytes().ToMemory()),
            });
            keys.String.Add(data.PartitionKey ?? "");
            offsets.String.Add(data.OffsetString);
            sequences.Sint64.Add(data.SequenceNumber);
        }

        return new Invocation
        {
            Input = new ParameterBinding { Name = function.BindingName, Data = new TypedData { CollectionModelBindingData = bodies } },
            Metadata = new Dictionary<string, TypedData>
            {
                ["PartitionContext"] = Json(new
                {
                    FullyQualifiedNamespace = fullyQualifiedNamespace,
                    EventHubName = hub,
                    ConsumerGroup = consumerGroup,
                    PartitionId = partition,
                    IsCheckpointingAfterInvocation = true,
                }),
                ["PartitionKeyArray"] = new() { CollectionString = keys },
                ["OffsetArray"] = new() { CollectionString = offsets },
                ["SequenceNumberArray"] = new() { CollectionSint64 = sequences },
                ["EnqueuedTimeUtcArray"] = Json(events.Select(static data => Unspecified(data.EnqueuedTime))),
                ["PropertiesArray"] = Json(events.Select(static data => data.Properties)),
                ["SystemPropertiesArray"] = Json(events.Select(static data => new Dictionary<string, object?>
                {
                    ["SequenceNumber"] = data.SequenceNumber,
                    ["Offset"] = data.OffsetString,
                    ["PartitionKey"] = data.PartitionKey,
                    ["EnqueuedTimeUtc"] = Unspecified(data.EnqueuedTime),
                })),
            },
        };
    }

    private static TypedData Json<T>(T value) => new() { Json = JsonSerializer.Serialize(value) };

    // The host leaves the Z out.
    private static string Unspecified(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
