using Azure.Messaging.EventHubs;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Functions.EventHubs;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>
/// Takes in what the hub brings. The host moves its checkpoint on after the last retry, whatever came of it, so retries have no
/// end: while storage is away a partition waits. Only a batch that fails for its own sake is set aside.
/// </summary>
public sealed class IngestAuditEventsFunction(
    IAuditIngestor ingestor,
    BatchRescue rescue,
    TimeProvider clock,
    ILogger<IngestAuditEventsFunction> log)
{
    // With the pauses below about an hour and a quarter: time enough for a new version, should it be our fault.
    internal const int MostRetries = 20;

    [Function("IngestAuditEvents")]
    [ExponentialBackoffRetry(-1, "00:00:05", "00:05:00")]
    public async Task RunAsync(
        [EventHubTrigger("%AUDIT_HUB_NAME%", Connection = "AuditHub", ConsumerGroup = "%AUDIT_CONSUMER_GROUP%")] EventData[] events,
        FunctionContext context,
        CancellationToken cancellationToken)
    {
        HubBatch batch = HubBatch.Of(events, context, clock.GetUtcNow());
        try
        {
            await ingestor.IngestAsync(batch.Messages, batch.Partition, cancellationToken);
        }
        catch (Exception fault) when (context.RetryContext?.RetryCount >= MostRetries && !StorageFault.Is(fault))
        {
            Log.BatchKeepsFailing(log, batch.Partition, context.RetryContext.RetryCount, fault);
            await rescue.RunAsync(batch.Messages, batch.Partition, cancellationToken);
        }
    }
}
