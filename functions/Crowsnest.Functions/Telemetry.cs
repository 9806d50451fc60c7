using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Crowsnest.Azure;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using OpenTelemetry;
using OpenTelemetry.Logs;

namespace Crowsnest.Functions;

/// <summary>
/// Sends logs, traces and metrics to Application Insights when a connection string is set, with the app's identity. The host leaves the
/// app's logs to the app then.
/// </summary>
internal static class Telemetry
{
    private const string ConnectionString = "APPLICATIONINSIGHTS_CONNECTION_STRING";
    private const string Authentication = "APPLICATIONINSIGHTS_AUTHENTICATION_STRING";
    private const string ClientId = "ClientId=";

    // A busy cluster makes thousands of batches an hour: a trace of one in a second tells as much as all of them.
    private const double TracesPerSecond = 1;

    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        if (builder.Configuration[ConnectionString] is not { Length: > 0 } connection)
        {
            return;
        }

        builder.Logging.AddFilter<OpenTelemetryLoggerProvider>(null, LogLevel.Warning)
            .AddFilter<OpenTelemetryLoggerProvider>(nameof(Crowsnest), LogLevel.Information);
        builder.Services.AddOpenTelemetry()
            .UseFunctionsWorkerDefaults()
            .WithMetrics(static metrics => metrics.AddMeter(CrowsnestMeter.Name))
            .UseAzureMonitorExporter(options =>
            {
                options.ConnectionString = connection;
                options.Credential = Identity(builder.Configuration[Authentication]);
                options.TracesPerSecond = TracesPerSecond;

                // An error is told whether its trace is or not: alert rules look at them.
                options.EnableTraceBasedLogsSampler = false;
            });
    }

    // As the host reads it: ClientId=…;Authorization=AAD.
    private static ManagedIdentityCredential? Identity(string? authentication)
    {
        if (authentication is null || !authentication.Contains("Authorization=AAD", StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        string? clientId = authentication.Split(';', StringSplitOptions.TrimEntries)
            .FirstOrDefault(static part => part.StartsWith(ClientId, StringComparison.OrdinalIgnoreCase))?[ClientId.Length..];
        return new ManagedIdentityCredential(
            clientId is { Length: > 0 } ? ManagedIdentityId.FromUserAssignedClientId(clientId) : ManagedIdentityId.SystemAssigned);
    }
}
