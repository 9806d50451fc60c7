using System.Globalization;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Ingestion;

/// <summary>
/// Takes in a batch that keeps failing, message by message. One that fails alone too goes to quarantine as it is, with a
/// detection that says so: whoever finds a message that nothing can read may be hiding behind it.
/// </summary>
public sealed class BatchRescue(
    IAuditIngestor ingestor,
    BlobArchive archive,
    DetectionTable detections,
    ChangeTable changes,
    IOptions<CrowsnestOptions> options,
    ILogger<BatchRescue> log)
{
    public async Task RunAsync(IReadOnlyList<HubMessage> messages, string partition, CancellationToken cancellationToken)
    {
        foreach (HubMessage message in messages)
        {
            try
            {
                await ingestor.IngestAsync([message], partition, cancellationToken);
            }
            catch (Exception fault) when (!StorageFault.Is(fault))
            {
                await SetAsideAsync(message, partition, fault, cancellationToken);
            }
        }
    }

    private async Task SetAsideAsync(HubMessage message, string partition, Exception fault, CancellationToken cancellationToken)
    {
        long sequence = message.SequenceNumber;
        ArchiveBlob blob = RawArchive.SetAside(message.Body, new BatchPosition(partition, sequence, sequence, message.EnqueuedTime));
        await archive.WriteAsync([blob], cancellationToken);
        FeedFault told = new(
            FeedFaultKind.MessageSetAside,
            ClusterOf(message),
            $"partition {partition}",
            message.EnqueuedTime,
            string.Create(
                CultureInfo.InvariantCulture,
                $"message {sequence} of partition {partition} could not be judged ({fault.GetType().Name}) "
                + $"and lies in {blob.Path}"));
        Detection detection = told.ToDetection() with
        {
            Id = ContentId.Of(nameof(FeedFaultKind.MessageSetAside), partition, sequence.ToString(CultureInfo.InvariantCulture)),
            Evidence = [new Evidence(blob.Path, 1)],
        };
        await detections.WriteAsync([detection], cancellationToken);
        await changes.MarkAsync([], [(ActorDay.Of(detection), detection.Severity)], cancellationToken);
        Log.MessageSetAside(log, partition, sequence, blob.Path, fault);
    }

    // Whose events they are, as far as that can be read.
    private string ClusterOf(HubMessage message)
    {
        string unnamed = ClusterName.Sanitize(options.Value.DefaultCluster);
        try
        {
            using IntakeBatch batch = new();
            new MessageReader(new AuditEventParser(), unnamed).Read(message, batch);
            return batch.Records is [{ Cluster: { Length: > 0 } cluster }, ..] ? cluster : unnamed;
        }
        catch (Exception unreadable) when (unreadable is not OutOfMemoryException)
        {
            return unnamed;
        }
    }
}
