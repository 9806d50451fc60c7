using System.Text.Json;
using System.Text.Json.Serialization;

namespace Crowsnest.Cli.Evaluation;

/// <summary>The JSON of labels and scenarios.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(LabelledEvent))]
[JsonSerializable(typeof(Scenario[]))]
internal sealed partial class EvaluationJson : JsonSerializerContext;
