using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

// The host's half of the trigger, which publish brings.
[assembly: ExtensionInformation("Microsoft.Azure.WebJobs.Extensions.EventHubs", "6.5.2")]

namespace Crowsnest.Functions.EventHubs;

/// <summary>
/// Marks a parameter that takes the messages of an event hub. It says the same to the host as the attribute of
/// Microsoft.Azure.Functions.Worker.Extensions.EventHubs, which not every registry has; the build reads its names and shapes
/// (docs/adr/0015).
/// </summary>
/// <param name="eventHubName">The hub; %NAME% stands for an app setting.</param>
[AttributeUsage(AttributeTargets.Parameter)]
[InputConverter(typeof(EventDataConverter))]
[ConverterFallbackBehavior(ConverterFallbackBehavior.Default)]
[BindingCapabilities(KnownBindingCapabilities.FunctionLevelRetry)]
public sealed class EventHubTriggerAttribute(string eventHubName) : TriggerBindingAttribute, ISupportCardinality
{
    public string EventHubName { get; } = eventHubName;

    /// <summary>The consumer group; %NAME% stands for an app setting.</summary>
    public string? ConsumerGroup { get; set; }

    /// <summary>Name of the settings that say where the hub is.</summary>
    public string? Connection { get; set; }

    /// <summary>True to get messages in batches.</summary>
    [DefaultValue(true)]
    public bool IsBatched { get; set; } = true;

    Cardinality ISupportCardinality.Cardinality
    {
        get => IsBatched ? Cardinality.Many : Cardinality.One;
        set => IsBatched = value == Cardinality.Many;
    }
}
