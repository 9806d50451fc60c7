using Microsoft.Extensions.DependencyInjection;
using Polly;

namespace Crowsnest.Azure.Channels;

/// <summary>
/// The HTTP client of the webhooks: limits of time, retries with jitter and a circuit breaker, one of each per channel, so that
/// one that is away costs the others nothing. What may have arrived is not sent again here: AlertTable counts that.
/// </summary>
internal static class ChannelHttp
{
    private const long LargestAnswer = 64 * 1024;

    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Total = TimeSpan.FromSeconds(45);

    internal static string ClientName(string channel) => $"channel-{channel}";

    /// <summary>True when a request failed before it was on its way.</summary>
    internal static bool DidNotGoOut(HttpRequestException fault) => fault.HttpRequestError is
        HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError;

    internal static void Add(IServiceCollection services, string channel) => services
        .AddHttpClient(ClientName(channel), static client =>
        {
            client.MaxResponseContentBufferSize = LargestAnswer;
            client.Timeout = Timeout.InfiniteTimeSpan;
        })

        // The factory's loggers write the address of each request, and of Slack and Teams that is the credential.
        .RemoveAllLoggers()
        .ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,

            // Without it no activity is made of a request: telemetry would keep its address, too.
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        .AddStandardResilienceHandler(static resilience =>
        {
            resilience.TotalRequestTimeout.Timeout = Total;
            resilience.AttemptTimeout.Timeout = Attempt;
            resilience.Retry.MaxRetryAttempts = 2;
            resilience.Retry.Delay = TimeSpan.FromSeconds(1);
            resilience.Retry.BackoffType = DelayBackoffType.Exponential;
            resilience.Retry.UseJitter = true;

            // Alerts are few: with the standard hundred requests the circuit would never open.
            resilience.CircuitBreaker.MinimumThroughput = 5;
            resilience.CircuitBreaker.FailureRatio = 0.9;
            resilience.CircuitBreaker.SamplingDuration = TimeSpan.FromMinutes(1);
            resilience.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(30);
            resilience.Retry.ShouldHandle = static arguments => ValueTask.FromResult(arguments.Outcome switch
            {
                { Exception: HttpRequestException fault } => DidNotGoOut(fault),
                { Result.StatusCode: System.Net.HttpStatusCode.TooManyRequests or System.Net.HttpStatusCode.ServiceUnavailable } => true,
                _ => false,
            });
        });
}
