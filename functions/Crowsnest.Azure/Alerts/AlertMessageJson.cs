using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crowsnest.Azure.Alerts;

/// <summary>JSON of queue messages.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AlertMessage))]
internal sealed partial class AlertMessageJson : JsonSerializerContext;
