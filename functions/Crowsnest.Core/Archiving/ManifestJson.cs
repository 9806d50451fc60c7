using System.Text.Json.Serialization;

namespace Crowsnest.Core.Archiving;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(HourManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
