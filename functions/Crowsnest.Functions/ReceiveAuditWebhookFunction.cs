using Crowsnest.Azure.Storage;
using Crowsnest.Azure.Webhook;
using Crowsnest.Core.Intake;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Crowsnest.Functions;

/// <summary>
/// The API server's audit webhook, for clusters without Event Hubs: <c>POST /api/webhook/CLUSTER</c> with an EventList, or
/// any message that the hub may carry. What is posted is of the cluster in the path, whose secret let it in, whatever records say
/// of themselves. The body is stored and answered; IngestWebhookBody judges it. A 5xx makes the API server send it again.
/// </summary>
public sealed class ReceiveAuditWebhookFunction(
    WebhookGuard guard,
    WebhookPlaces places,
    WebhookBodies bodies,
    RefusedBodies refused,
    IOptions<WebhookOptions> options,
    ILogger<ReceiveAuditWebhookFunction> log)
{
    private const string RetryAfterSeconds = "5";

    [Function("ReceiveAuditWebhook")]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "webhook/{cluster?}")] HttpRequest request,
        CancellationToken cancellationToken)
    {
        if (!guard.IsConfigured)
        {
            return Results.Problem("the webhook is off: set Crowsnest__Webhook__Clusters__0__Name and …__Secret", statusCode: 403);
        }

        string cluster = request.RouteValues["cluster"] is string { Length: > 0 } name ? ClusterName.Sanitize(name) : guard.Default;
        if (!guard.Admits(cluster, request.Headers.Authorization, request.Headers["X-ARR-ClientCert"]))
        {
            return Results.Problem("the bearer token or a client certificate of this cluster is required", statusCode: 401);
        }

        using IDisposable? place = await places.TryTakeAsync(cancellationToken);
        if (place is null)
        {
            refused.Count(cluster);
            request.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        try
        {
            if (await ReadAsync(request, cancellationToken) is not { } body)
            {
                refused.Count(cluster);
                await refused.TellAsync(cancellationToken);
                return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
            }

            await bodies.StoreAsync(cluster, body, cancellationToken);
            await refused.TellAsync(cancellationToken);
            return Results.Json(new { stored = body.Length });
        }
        catch (Exception fault) when (fault is not OperationCanceledException && StorageFault.Is(fault))
        {
            refused.Count(cluster);
            Log.WebhookNotStored(log, fault);
            return Results.Problem("the body could not be stored; send it again", statusCode: 503);
        }
    }

    // The body, or null when it is larger than allowed; no more than that is ever read.
    private async Task<byte[]?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        int largest = options.Value.LargestBody;
        if (request.ContentLength > largest)
        {
            return null;
        }

        using MemoryStream body = new();
        byte[] buffer = new byte[1 << 16];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > largest)
            {
                return null;
            }

            await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        }

        return body.ToArray();
    }
}
