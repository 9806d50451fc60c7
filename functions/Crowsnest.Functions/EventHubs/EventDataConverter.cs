using Azure.Core.Amqp;
using Azure.Messaging.EventHubs;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Azure.Functions.Worker.Extensions.Abstractions;

namespace Crowsnest.Functions.EventHubs;

/// <summary>Makes messages of what the host's Event Hubs extension sends: each as it came over AMQP, annotations and all.</summary>
#pragma warning disable AZFW0009 // The analyzer looks for the attribute on bindings only; the metadata's generator reads it here.
[SupportsDeferredBinding]
#pragma warning restore AZFW0009
[SupportedTargetType(typeof(EventData))]
[SupportedTargetType(typeof(EventData[]))]
public sealed class EventDataConverter : IInputConverter
{
    private const string Source = "AzureEventHubsEventData";

    public ValueTask<ConversionResult> ConvertAsync(ConverterContext context) => ValueTask.FromResult(context.Source switch
    {
        CollectionModelBindingData many => ConversionResult.Success(Array.ConvertAll(many.ModelBindingData, Read)),
        ModelBindingData one => ConversionResult.Success(Read(one)),
        _ => ConversionResult.Unhandled(),
    });

    private static EventData Read(ModelBindingData data) => data.Source == Source
        ? new EventData(AmqpAnnotatedMessage.FromBytes(data.Content))
        : throw new InvalidDataException($"the host sent '{data.Source}', not messages of an event hub");
}
