using System.Text.Json;
using System.Text.Json.Serialization;
using Crowsnest.Core.Feeds;

namespace Crowsnest.Azure.Storage;

/// <summary>JSON of the pointer and of cards.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(ModelPointer))]
[JsonSerializable(typeof(ModelCard))]
[JsonSerializable(typeof(TrainingTry))]
internal sealed partial class ModelPointerJson : JsonSerializerContext;
