using System.Globalization;
using System.Text.Json;
using Azure.Storage.Queues.Models;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Worker;
using Crowsnest.LocalHost.Worker.Rpc;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>A queue's message as the host hands it to a worker.</summary>
internal static class QueueBinding
{
    internal static Invocation Invocation(FunctionDefinition function, QueueMessage message)
    {
        string text = message.Body.ToString();
        return new Invocation
        {
            Input = new ParameterBinding { Name = function.BindingName, Data = new TypedData { String = text } },
            Metadata = new Dictionary<string, TypedData>
            {
                ["QueueTrigger"] = new() { String = text },
                ["Id"] = new() { String = message.MessageId },
                ["PopReceipt"] = new() { String = message.PopReceipt },
                ["DequeueCount"] = new() { Json = message.DequeueCount.ToString(CultureInfo.InvariantCulture) },
                ["ExpirationTime"] = Time(message.ExpiresOn),
                ["InsertionTime"] = Time(message.InsertedOn),
                ["NextVisibleTime"] = Time(message.NextVisibleOn),
            },
        };
    }

    private static TypedData Time(DateTimeOffset? time) => new() { Json = JsonSerializer.Serialize(time ?? DateTimeOffset.MaxValue) };
}
