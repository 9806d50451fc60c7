using System.Text.Json;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Digests;
using Crowsnest.Azure.Feeds;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Training;
using Crowsnest.Core.Intake;
using Crowsnest.Functions.Invocation;

namespace Crowsnest.Functions;

/// <summary>
/// One endpoint per function, as the host calls them: unwrap, call, acknowledge. A 2xx acknowledges; anything else makes
/// the host try again by the trigger's rules.
/// </summary>
internal static class FunctionEndpoints
{
    internal static void MapFunctions(this WebApplication app)
    {
        app.MapPost("/IngestAuditEvents", Invoke("IngestAuditEvents", IngestAsync));
        app.MapPost("/CorrelateActivity", Timer<ActivityCorrelator>("CorrelateActivity", static (job, cancel) => job.RunAsync(cancel)));
        app.MapPost("/SendAlert", Invoke("SendAlert", SendAlertAsync));
        app.MapPost("/RetrainModel", Timer<ModelTrainingJob>("RetrainModel", static async (job, cancel) => await job.RunAsync(cancel)));
        app.MapPost("/WatchFeeds", Timer<FeedWatcher>("WatchFeeds", static (job, cancel) => job.RunAsync(cancel)));
        app.MapPost("/SendDigest", Timer<DigestJob>("SendDigest", static async (job, cancel) => await job.RunAsync(cancel)));
        app.MapInvestigation();
        app.MapWebhook();
        app.MapAnswers();
    }

    private static Func<HttpContext, CancellationToken, Task<IResult>> Invoke(
        string function,
        Func<HttpContext, JsonElement, CancellationToken, Task<InvocationResponse>> run) =>
        async (context, cancellationToken) =>
        {
            ILogger log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(function);
            try
            {
                using JsonDocument body = await JsonDocument.ParseAsync(
                    context.Request.Body, new JsonDocumentOptions { MaxDepth = 512 }, cancellationToken);
                InvocationResponse response = await run(context, body.RootElement, cancellationToken);
                return Results.Json(response, InvocationJson.Default.InvocationResponse);
            }
#pragma warning disable CA1031 // The boundary of the app: the host only hears of a failure by the status, and logs nothing of it.
            catch (Exception fault) when (fault is not OperationCanceledException)
#pragma warning restore CA1031
            {
                Log.InvocationFailed(log, function, fault);
                return Results.Json(
                    InvocationResponse.Done(fault.Message),
                    InvocationJson.Default.InvocationResponse,
                    statusCode: StatusCodes.Status500InternalServerError);
            }
        };

    private static async Task<InvocationResponse> IngestAsync(
        HttpContext context,
        JsonElement body,
        CancellationToken cancellationToken)
    {
        TimeProvider clock = context.RequestServices.GetRequiredService<TimeProvider>();
        EventHubInvocation invocation = EventHubInvocation.Read(body, clock.GetUtcNow());
        AuditIngestor ingestor = context.RequestServices.GetRequiredService<AuditIngestor>();
        IntakeCounts counts = await ingestor.IngestAsync(invocation.Messages, invocation.Partition, cancellationToken);
        return InvocationResponse.Done($"{counts.Total} records");
    }

    private static async Task<InvocationResponse> SendAlertAsync(
        HttpContext context,
        JsonElement body,
        CancellationToken cancellationToken)
    {
        string text = HostValue.Text(HostValue.Child(body, "Data"), "alert");
        AlertMessage message = AlertMessage.Parse(text)
            ?? throw new InvalidDataException("the queue message is not an alert message");
        AlertSender sender = context.RequestServices.GetRequiredService<AlertSender>();
        await sender.SendAsync(message, cancellationToken);
        return InvocationResponse.Done();
    }

    // A timer says nothing but that it is time; what comes of it is one line, or nothing.
    private static Func<HttpContext, CancellationToken, Task<IResult>> Timer<T>(string function, Func<T, CancellationToken, Task<string?>> run)
        where T : notnull => Invoke(function, async (context, _, cancellationToken) =>
            await run(context.RequestServices.GetRequiredService<T>(), cancellationToken) is { } outcome
                ? InvocationResponse.Done(outcome) : InvocationResponse.Done());
}
