using Azure.Messaging.EventHubs;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Worker;
using Crowsnest.LocalHost.Worker.Rpc;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>
/// Calls the function of an Event Hubs trigger with a batch, again by its retry policy, under one invocation id. When retries are used
/// up the batch is passed over, as the real host does.
/// </summary>
internal sealed class BatchDelivery(FunctionDefinition function, IFunctionInvoker functions, TimeProvider clock, Action<string> say)
{
    private int _lost;

    /// <summary>Batches that failed after their last retry.</summary>
    internal int Lost => Volatile.Read(ref _lost);

    /// <summary>Delivers a batch.</summary>
    /// <returns>True when it is dealt with, one way or the other, so that the checkpoint may move on; false when given up.</returns>
    internal async Task<bool> DeliverAsync(
        Invocation invocation, string partition, IReadOnlyList<EventData> events, CancellationToken cancellationToken)
    {
        string which = $"partition {partition}, {events[0].SequenceNumber}-{events[^1].SequenceNumber}";
        string problem = "";
        for (int retries = 0; ; retries++)
        {
            Invocation call = function.Retry is { } policy ? invocation.WithRetry(Context(policy, retries, problem)) : invocation;
            InvocationResult result = await functions.InvokeAsync(function, call, cancellationToken);
            if (result.Succeeded)
            {
                return true;
            }

            if (cancellationToken.IsCancellationRequested)
            {
                return false;
            }

            problem = result.Problem;
            say($"{function.Name} failed on {which}: {problem}");
            if (function.Retry?.IsUsedUp(retries) ?? true)
            {
                Interlocked.Increment(ref _lost);
                say($"{function.Name}: retries are used up; the checkpoint moves on past {which}");
                return true;
            }

            try
            {
                await Task.Delay(function.Retry.Delay(retries + 1), clock, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return false;
            }
        }
    }

    private static RetryContext Context(RetryPolicy policy, int retries, string problem) => new()
    {
        RetryCount = retries,
        MaxRetryCount = policy.MaxRetries,
        Exception = retries == 0 ? null : new RpcException { Message = problem },
    };
}
