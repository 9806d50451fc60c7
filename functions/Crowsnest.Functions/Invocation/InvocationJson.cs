using System.Text.Json.Serialization;

namespace Crowsnest.Functions.Invocation;

/// <summary>JSON of responses; the host's names start with capitals.</summary>
[JsonSerializable(typeof(InvocationResponse))]
internal sealed partial class InvocationJson : JsonSerializerContext;
