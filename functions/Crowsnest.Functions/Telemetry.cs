using Azure.Identity;
using Azure.Monitor.OpenTelemetry.Exporter;
using Crowsnest.Azure.Ingestion;

namespace Crowsnest.Functions;

/// <summary>Sends metrics to Application Insights when a connection string is set, with the app's identity.</summary>
internal static class Telemetry
{
    internal static void AddTelemetry(this IServiceCollection services, IConfiguration configuration)
    {
        if (configuration["APPLICATIONINSIGHTS_CONNECTION_STRING"] is not { Length: > 0 } connection)
        {
            return;
        }

        string? clientId = configuration["AzureWebJobsStorage:clientId"];
        services.AddOpenTelemetry().WithMetrics(metrics => metrics
            .AddMeter(IntakeMetrics.MeterName)
            .AddAzureMonitorMetricExporter(options =>
            {
                options.ConnectionString = connection;
                options.Credential = clientId is { Length: > 0 }
                    ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
                    : null;
            }));
    }
}
