using System.Diagnostics.Metrics;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// Counts requests to storage, each try by itself, as <c>crowsnest.storage.operations</c>: they are what storage bills, and what most of a
/// busy deployment costs.
/// </summary>
/// <param name="service">blob, queue or table.</param>
internal sealed class CountingPolicy(string service) : HttpPipelinePolicy
{
    private static readonly Meter Meter = new(CrowsnestMeter.Name);
    private static readonly Counter<long> Operations =
        Meter.CreateCounter<long>("crowsnest.storage.operations", "{operation}", "Requests to storage, each try by itself.");

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Operations.Add(1, new("service", service), new("method", message.Request.Method.Method));
        return ProcessNextAsync(message, pipeline);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
        throw new NotSupportedException("nothing here waits without async");
}
