using Crowsnest.LocalHost.Worker.Rpc;

namespace Crowsnest.LocalHost.Worker;

/// <summary>A call of a function: what the host sends with it.</summary>
internal sealed class Invocation
{
    /// <summary>The retries of a call keep its id.</summary>
    internal string Id { get; init; } = Guid.NewGuid().ToString();

    /// <summary>The trigger's data.</summary>
    internal required ParameterBinding Input { get; init; }

    /// <summary>What is said of it beside.</summary>
    internal IReadOnlyDictionary<string, TypedData> Metadata { get; init; } = new Dictionary<string, TypedData>();

    /// <summary>Which try it is, for functions that have a retry policy.</summary>
    internal RetryContext? Retry { get; init; }

    internal Invocation WithRetry(RetryContext retry) => new() { Id = Id, Input = Input, Metadata = Metadata, Retry = retry };

    internal InvocationRequest ToRequest(string functionId)
    {
        InvocationRequest request = new()
        {
            InvocationId = Id,
            FunctionId = functionId,
            TraceContext = new RpcTraceContext { TraceParent = $"00-{Guid.NewGuid():N}-{Guid.NewGuid().ToString("N")[..16]}-01" },
        };
        request.InputData.Add(Input);
        foreach ((string name, TypedData value) in Metadata)
        {
            request.TriggerMetadata.Add(name, value);
        }

        if (Retry is not null)
        {
            request.RetryContext = Retry;
        }

        return request;
    }
}
