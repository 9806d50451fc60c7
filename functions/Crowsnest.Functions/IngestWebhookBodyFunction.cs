using System.Globalization;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Azure.Webhook;
using Crowsnest.Core.Intake;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>
/// Takes in what was posted to the webhook. One that fails for its own sake is set aside at the last try; what fails with storage is
/// asked for anew by WatchFeeds.
/// </summary>
public sealed class IngestWebhookBodyFunction(
    WebhookBodies bodies, IAuditIngestor ingestor, BatchRescue rescue, ILogger<IngestWebhookBodyFunction> log)
{
    // queues.maxDequeueCount of host.json.
    private const int LastTry = 5;

    [Function("IngestWebhookBody")]
    public async Task RunAsync(
        [QueueTrigger(StorageNames.WebhookQueue, Connection = StorageClients.HostConnection)] string name,
        FunctionContext context,
        CancellationToken cancellationToken)
    {
        if (await bodies.ReadAsync(name, cancellationToken) is not { } body)
        {
            return;
        }

        HubMessage message = WebhookJudge.MessageOf(body);
        try
        {
            await ingestor.IngestAsync([message], WebhookJudge.Partition, cancellationToken);
        }
        catch (Exception fault) when (TriesOf(context) >= LastTry && !StorageFault.Is(fault))
        {
            Log.BatchKeepsFailing(log, WebhookJudge.Partition, LastTry, fault);
            await rescue.RunAsync([message], WebhookJudge.Partition, cancellationToken);
        }

        await bodies.JudgedAsync(body, cancellationToken);
    }

    private static int TriesOf(FunctionContext context) =>
        int.TryParse(
            context.BindingContext.BindingData.GetValueOrDefault("DequeueCount")?.ToString(), CultureInfo.InvariantCulture, out int tries)
            ? tries : 1;
}
