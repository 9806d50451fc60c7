using System.Text.Json;
using Crowsnest.LocalHost.Worker.Rpc;

namespace Crowsnest.LocalHost.Configuration;

/// <summary>One function, as the worker describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TriggerType">Type of the trigger's binding, for example timerTrigger.</param>
/// <param name="Trigger">The trigger's binding.</param>
/// <param name="Retry">The retry policy, or null.</param>
internal sealed record FunctionDefinition(string Name, string TriggerType, JsonElement Trigger, RetryPolicy? Retry)
{
    internal const string EventHub = "eventHubTrigger";
    internal const string Http = "httpTrigger";
    internal const string Queue = "queueTrigger";
    internal const string Timer = "timerTrigger";

    /// <summary>Name of the trigger's parameter, the key of its data.</summary>
    internal string BindingName => Text("name");

    internal string Text(string property, string missing = "") =>
        Trigger.TryGetProperty(property, out JsonElement value) ? value.GetString() ?? missing : missing;

    internal bool Flag(string property) => Trigger.TryGetProperty(property, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    /// <exception cref="LocalHostException">It has no trigger.</exception>
    internal static FunctionDefinition Of(RpcFunctionMetadata metadata)
    {
        foreach (string binding in metadata.RawBindings)
        {
            using JsonDocument document = JsonDocument.Parse(binding);
            JsonElement root = document.RootElement.Clone();
            string type = root.GetProperty("type").GetString() ?? "";
            if (type.EndsWith("Trigger", StringComparison.Ordinal))
            {
                return new FunctionDefinition(metadata.Name, type, root, RetryPolicy.Of(metadata.RetryOptions));
            }
        }

        throw new LocalHostException($"the function {metadata.Name} has no trigger among its bindings");
    }
}
