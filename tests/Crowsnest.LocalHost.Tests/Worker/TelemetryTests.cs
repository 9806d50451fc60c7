using System.Text;
using System.Text.Json;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Processes;
using Crowsnest.LocalHost.Tests.EndToEnd;
using Crowsnest.LocalHost.Worker;
using Crowsnest.Testing;

namespace Crowsnest.LocalHost.Tests.Worker;

/// <summary>What Application Insights gets of the published app: an alert rule on errors must be able to fire.</summary>
public sealed class TelemetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Errors_OfTheAppAndOfFunctions_ArriveWithTheirSeverityAndTheirTrace()
    {
        string folder = Directory.CreateTempSubdirectory("crowsnest-telemetry-").FullName;
        await using FakeApplicationInsights insights = await FakeApplicationInsights.StartAsync();
        Dictionary<string, string> settings = new()
        {
            ["APPLICATIONINSIGHTS_CONNECTION_STRING"] = insights.ConnectionString,
            ["AzureWebJobsStorage"] = AzuriteProcess.ConnectionStringOf(AzuriteProcess.FreePorts(3)),
            ["HOME"] = folder,
        };
        await using (FunctionWorker worker = await FunctionWorker.StartAsync(
            Built.App,
            settings,
            TimeSpan.FromMinutes(1),
            Path.Combine(folder, "app.log"),
            TimeProvider.System,
            static _ => { },
            Cancellation))
        {
            FunctionDefinition ingestion = worker.Functions.Single(static function => function.Name == LocalStackFixture.Ingestion);
            Invocation delivery = LocalStackFixture.Delivery(
                ingestion, [Encoding.UTF8.GetBytes(new EventJson().ToAksRecord())], 1, 0, DateTimeOffset.UnixEpoch);
            Assert.False((await worker.InvokeAsync(ingestion, delivery, Cancellation)).Succeeded);
        }

        // Of the app itself, and of the function that failed.
        JsonElement[] errors = [.. insights.Items.Where(static item => SeverityOf(item) == "Error")];
        Assert.Contains(
            errors,
            static item => item.GetRawText().Contains("Crowsnest.Azure.Content.CurrentRules", StringComparison.Ordinal));
        JsonElement failed = errors.First(static item => item.GetRawText().Contains("IngestAuditEvents", StringComparison.Ordinal));
        Assert.Equal(32, failed.GetProperty("tags").GetProperty("ai.operation.id").GetString()!.Length);
        Assert.Contains(insights.Items, static item => TypeOf(item) == "RemoteDependencyData"
            && item.GetRawText().Contains("function IngestAuditEvents", StringComparison.Ordinal));
        Assert.Contains(insights.Items, static item => TypeOf(item) == "MetricData");
        Assert.DoesNotContain(insights.Items, static item =>
            SeverityOf(item) is "Information" or "Verbose" && !item.GetRawText().Contains("Crowsnest", StringComparison.Ordinal));
        Directory.Delete(folder, recursive: true);
    }

    private static string? TypeOf(JsonElement item) => item.GetProperty("data").GetProperty("baseType").GetString();

    private static string? SeverityOf(JsonElement item) =>
        item.GetProperty("data").GetProperty("baseData").TryGetProperty("severityLevel", out JsonElement level) ? level.GetString() : null;
}
