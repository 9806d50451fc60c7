using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Storage;
using Crowsnest.Core;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Ingestion;

/// <summary>
/// Takes in a batch: archive, judge, write detections, ask for alerts. Each step may be repeated without harm, so an
/// exception only ever means that the host should bring the batch again.
/// </summary>
public sealed class AuditIngestor(
    CurrentModel models,
    CurrentRules rules,
    PipelinePool pipelines,
    BlobArchive archive,
    DetectionTable detections,
    IncidentTable incidents,
    FeedTable feeds,
    IntakeMetrics metrics,
    IOptions<CrowsnestOptions> options,
    AlertQueue queue,
    ILogger<AuditIngestor> log)
{
    public async Task<IntakeCounts> IngestAsync(
        IReadOnlyList<HubMessage> messages,
        string partition,
        CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
        {
            return default;
        }

        AnomalyModel? model = await models.GetAsync(cancellationToken);
        RuleSet ruleSet = await rules.GetAsync(cancellationToken);
        AuditPipeline pipeline = pipelines.Take(model, ruleSet);
        try
        {
            using IntakeBatch batch = pipeline.Read(messages);
            BatchPosition position = new(
                partition, messages[0].SequenceNumber, messages[^1].SequenceNumber, messages[0].EnqueuedTime);
            ArchivedBatch archived = AuditPipeline.Archive(batch, position, options.Value.RedactArchive);
            await archive.WriteAsync(archived.Blobs, cancellationToken);

            HashSet<RequestKey> judged = [];
            List<Detection> found = pipeline.Judge(batch, archived.Evidence, judged);
            await detections.WriteAsync(found, cancellationToken);
            foreach (ActorDay key in found.Where(IncidentBuilder.MakesIncidents).Select(ActorDay.Of).Distinct())
            {
                await UpdateAsync(key, cancellationToken);
            }

            await feeds.WriteAsync(FeedTally.Of(batch, partition), position, cancellationToken);
            metrics.Count(IntakeCounts.ByCluster(batch.Records), found.Count);
            IntakeCounts counts = batch.Counts;
            Log.BatchIngested(
                log, partition, position.First, position.Last, counts.Total, counts.Parsed, counts.Salvaged,
                counts.Duplicate, counts.OtherCategory, counts.Quarantined, judged.Count, found.Count);
            return counts;
        }
        finally
        {
            pipelines.Return(model, ruleSet, pipeline);
        }
    }

    private async Task UpdateAsync(ActorDay key, CancellationToken cancellationToken)
    {
        // From the table, not from the batch: earlier batches hold the rest of the incident.
        Incident incident = IncidentBuilder.Group(await detections.ReadAsync(key, cancellationToken))[0];
        await incidents.WriteAsync(key, incident, cancellationToken);
        if (incident.AlertFrom is null || await incidents.IsAlertQueuedAsync(key, cancellationToken))
        {
            return;
        }

        // In this order a crash in between asks twice, and SendAlert answers once; the other way round it would be lost.
        await queue.SendAsync(key, cancellationToken);
        await incidents.MarkAlertQueuedAsync(key, cancellationToken);
    }
}
