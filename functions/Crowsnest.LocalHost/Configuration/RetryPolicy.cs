using System.Text.Json;

namespace Crowsnest.LocalHost.Configuration;

/// <summary>The retry policy of a function.json: how often, and how long to wait before each try.</summary>
internal sealed record RetryPolicy(bool Exponential, int MaxRetries, TimeSpan Minimum, TimeSpan Maximum)
{
    internal static RetryPolicy None { get; } = new(false, 0, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>The wait before a retry, counted from 1.</summary>
    internal TimeSpan Delay(int retry)
    {
        if (!Exponential)
        {
            return Minimum;
        }

        double seconds = Minimum.TotalSeconds * Math.Pow(2, Math.Min(retry - 1, 30));
        return TimeSpan.FromSeconds(Math.Min(seconds, Maximum.TotalSeconds));
    }

    internal static RetryPolicy Read(JsonElement function)
    {
        if (!function.TryGetProperty("retry", out JsonElement retry))
        {
            return None;
        }

        int count = retry.TryGetProperty("maxRetryCount", out JsonElement most) ? most.GetInt32() : 0;
        bool exponential = retry.TryGetProperty("strategy", out JsonElement strategy)
            && strategy.ValueEquals("exponentialBackoff");
        return new RetryPolicy(
            exponential,
            count < 0 ? int.MaxValue : count,
            HostFile.Span(retry, exponential ? "minimumInterval" : "delayInterval", TimeSpan.Zero),
            HostFile.Span(retry, "maximumInterval", TimeSpan.MaxValue));
    }
}
