using System.Buffers.Binary;
using System.Security.Cryptography;
using Azure;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Webhook;
using Crowsnest.Core.Intake;
using Microsoft.Extensions.Options;

namespace Crowsnest.Functions;

/// <summary>
/// The API server's audit webhook, for clusters without Event Hubs: <c>POST /api/webhook/CLUSTER</c> with an EventList, or
/// any message that the hub may carry. A 5xx makes the API server send the body again.
/// </summary>
internal static class WebhookEndpoint
{
    private const string Partition = "webhook";
    private const string RetryAfterSeconds = "5";

    internal static void MapWebhook(this WebApplication app)
    {
        WebhookOptions options = app.Services.GetRequiredService<IOptions<WebhookOptions>>().Value;
        SemaphoreSlim places = new(options.MostAtOnce);
        app.Lifetime.ApplicationStopped.Register(places.Dispose);
        app.MapPost("/api/webhook/{cluster?}", async (
            string? cluster,
            HttpContext context,
            WebhookGuard guard,
            AuditIngestor ingestor,
            TimeProvider clock,
            ILoggerFactory logs,
            CancellationToken cancellationToken) =>
        {
            if (!guard.IsConfigured)
            {
                return Results.Problem("the webhook is off: set Crowsnest__Webhook__Secret", statusCode: 403);
            }

            if (!guard.Admits(context.Request.Headers.Authorization, context.Request.Headers["X-ARR-ClientCert"]))
            {
                return Results.Problem("a bearer token or a client certificate is required", statusCode: 401);
            }

            if (!await places.WaitAsync(TimeSpan.Zero, cancellationToken))
            {
                context.Response.Headers.RetryAfter = RetryAfterSeconds;
                return Results.StatusCode(StatusCodes.Status429TooManyRequests);
            }

            try
            {
                if (await ReadAsync(context.Request, options.LargestBody, cancellationToken) is not { } body)
                {
                    return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
                }

                // Named by its content: the same body sent again is the same blob.
                long place = BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(body)) & long.MaxValue;
                HubMessage message = new(
                    body, place, clock.GetUtcNow(), string.IsNullOrEmpty(cluster) ? null : ClusterName.Sanitize(cluster));
                IntakeCounts counts = await ingestor.IngestAsync([message], Partition, cancellationToken);
                return Results.Json(new { records = counts.Total });
            }
            catch (Exception fault) when (fault is RequestFailedException or AggregateException or HttpRequestException)
            {
                Log.WebhookNotStored(logs.CreateLogger("ReceiveAuditWebhook"), fault);
                return Results.Problem("the body could not be stored; send it again", statusCode: 503);
            }
            finally
            {
                places.Release();
            }
        });
    }

    // The body, or null when it is larger than allowed; no more than that is ever read.
    private static async Task<byte[]?> ReadAsync(HttpRequest request, int largest, CancellationToken cancellationToken)
    {
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
