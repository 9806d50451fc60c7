using Crowsnest.LocalHost.Configuration;

namespace Crowsnest.LocalHost.Worker;

/// <summary>Calls functions.</summary>
internal interface IFunctionInvoker
{
    /// <summary>Calls a function and waits for its end. When given up, the function is told to end, and waited for.</summary>
    Task<InvocationResult> InvokeAsync(FunctionDefinition function, Invocation invocation, CancellationToken cancellationToken);
}
