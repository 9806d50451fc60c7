using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Worker;

namespace Crowsnest.LocalHost.Tests;

/// <summary>Functions that answer as told, and keep what they were called with.</summary>
internal sealed class FakeFunctions : IFunctionInvoker
{
    private readonly Lock _gate = new();
    private int _running;

    internal List<Invocation> Calls { get; } = [];

    internal int MostAtOnce { get; private set; }

    /// <summary>The answer to a call, counted from 1.</summary>
    internal Func<int, InvocationResult> Answer { get; set; } = static _ => new InvocationResult(true, "", []);

    /// <summary>Awaited by each call before it answers.</summary>
    internal Func<CancellationToken, Task> Work { get; set; } = static _ => Task.CompletedTask;

    public async Task<InvocationResult> InvokeAsync(FunctionDefinition function, Invocation invocation, CancellationToken cancellationToken)
    {
        int call;
        lock (_gate)
        {
            Calls.Add(invocation);
            call = Calls.Count;
            MostAtOnce = Math.Max(MostAtOnce, ++_running);
        }

        try
        {
            await Work(cancellationToken);
            return Answer(call);
        }
        catch (OperationCanceledException)
        {
            return InvocationResult.Failure("A task was canceled.");
        }
        finally
        {
            lock (_gate)
            {
                _running--;
            }
        }
    }
}
