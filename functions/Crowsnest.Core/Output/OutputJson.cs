using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Core.Output;

/// <summary>The JSON of detections, incidents and alerts: the contract of files, tables and scripts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(Detection))]
[JsonSerializable(typeof(Incident))]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(IReadOnlyList<Detection>))]
[JsonSerializable(typeof(IReadOnlyList<Incident>))]
public sealed partial class OutputJson : JsonSerializerContext
{
    /// <summary>Writes names of any script as they are; HTML is encoded where it is shown, not here.</summary>
    public static OutputJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    });
}
