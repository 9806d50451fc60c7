using Crowsnest.LocalHost.Worker.Rpc;

namespace Crowsnest.LocalHost.Configuration;

/// <summary>A function's retry policy: how often, and how long to wait before each try.</summary>
/// <param name="IsExponential">True when pauses double.</param>
/// <param name="MaxRetries">How often it is tried again; -1 for as often as it takes.</param>
/// <param name="Minimum">The pause, or the first of those that double.</param>
/// <param name="Maximum">The longest pause.</param>
internal sealed record RetryPolicy(bool IsExponential, int MaxRetries, TimeSpan Minimum, TimeSpan Maximum)
{
    /// <summary>True when no retry is left after so many.</summary>
    internal bool IsUsedUp(int retries) => MaxRetries >= 0 && retries >= MaxRetries;

    /// <summary>The wait before a retry, counted from 1.</summary>
    internal TimeSpan Delay(int retry)
    {
        if (!IsExponential)
        {
            return Minimum;
        }

        double seconds = Minimum.TotalSeconds * Math.Pow(2, Math.Min(retry - 1, 30));
        return TimeSpan.FromSeconds(Math.Min(seconds, Maximum.TotalSeconds));
    }

    /// <summary>The policy as the worker tells it, or null when there is none.</summary>
    internal static RetryPolicy? Of(RpcRetryOptions? options) => options is null ? null
        : options.RetryStrategy == RpcRetryOptions.Types.RetryStrategy.FixedDelay
            ? new RetryPolicy(false, options.MaxRetryCount, options.DelayInterval.ToTimeSpan(), options.DelayInterval.ToTimeSpan())
            : new RetryPolicy(true, options.MaxRetryCount, options.MinimumInterval.ToTimeSpan(), options.MaximumInterval.ToTimeSpan());
}
