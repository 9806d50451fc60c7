using System.Buffers.Binary;
using System.Security.Cryptography;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Azure.Webhook;
using Crowsnest.Core.Intake;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace Crowsnest.Functions;

/// <summary>
/// The API server's audit webhook, for clusters without Event Hubs: <c>POST /api/webhook/CLUSTER</c> with an EventList, or
/// any message that the hub may carry. What is posted is of the cluster in the path, whose secret let it in, whatever records say
/// of themselves. A 5xx makes the API server send the body again.
/// </summary>
public sealed class ReceiveAuditWebhookFunction(
    WebhookGuard guard,
    WebhookPlaces places,
    IAuditIngestor ingestor,
    TimeProvider clock,
    IOptions<WebhookOptions> options,
    ILogger<ReceiveAuditWebhookFunction> log)
{
    private const string Partition = "webhook";
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

        using IDisposable? place = places.TryTake();
        if (place is null)
        {
            request.HttpContext.Response.Headers.RetryAfter = RetryAfterSeconds;
            return Results.StatusCode(StatusCodes.Status429TooManyRequests);
        }

        try
        {
            return await ReadAsync(request, cancellationToken) is { } body
                ? Results.Json(new { records = (await IngestAsync(cluster, body, cancellationToken)).Total })
                : Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        }
        catch (Exception fault) when (fault is not OperationCanceledException && StorageFault.Is(fault))
        {
            Log.WebhookNotStored(log, fault);
            return Results.Problem("the body could not be stored; send it again", statusCode: 503);
        }
    }

    private Task<IntakeCounts> IngestAsync(string cluster, byte[] body, CancellationToken cancellationToken)
    {
        // Named by its content: the same body sent again is the same blob.
        long place = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(body)) & long.MaxValue;
        return ingestor.IngestAsync([new HubMessage(body, place, clock.GetUtcNow(), cluster, IsOfOneCluster: true)], Partition,
            cancellationToken);
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
