using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crowsnest.Azure.Training;

/// <summary>JSON of the pointer.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ModelPointer))]
internal sealed partial class ModelPointerJson : JsonSerializerContext;
