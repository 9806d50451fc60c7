using Crowsnest.Azure.Content;
using Crowsnest.Azure.Storage;
using Crowsnest.Core;
using Crowsnest.Core.Activity;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Ingestion;

/// <summary>
/// Takes in a batch: archive, judge, write detections and activity, mark what has changed. Each step may be repeated without harm, so an
/// exception only ever means that the host should bring the batch again.
/// </summary>
public sealed class AuditIngestor(
    CurrentModel models,
    CurrentRules rules,
    PipelinePool pipelines,
    BlobArchive archive,
    DetectionTable detections,
    BatchTable batches,
    UrgentClusters urgent,
    CanaryTable canaries,
    IntakeMetrics metrics,
    IOptions<CrowsnestOptions> options,
    ILogger<AuditIngestor> log) : IAuditIngestor
{
    public async Task<IntakeCounts> IngestAsync(
        IReadOnlyList<HubMessage> messages,
        string partition,
        CancellationToken cancellationToken)
    {
        // What small messages unpack to may be many times the memory: of a delivery a part is taken in at a time.
        IntakeCounts sum = default;
        IntakeBudget budget = new();
        for (int first = 0; first < messages.Count;)
        {
            (int read, IntakeCounts counts) = await IngestPartAsync(messages, first, budget, partition, cancellationToken);
            first += read;
            sum += counts;
        }

        return sum;
    }

    private async Task<(int Read, IntakeCounts Counts)> IngestPartAsync(
        IReadOnlyList<HubMessage> messages, int first, IntakeBudget budget, string partition, CancellationToken cancellationToken)
    {
        RuleSet ruleSet = await rules.GetAsync(cancellationToken);
        MessageReader reader = pipelines.TakeReader();
        Dictionary<string, (AnomalyModel? Model, Judge Judge)> judges = new(StringComparer.Ordinal);
        AuditPipeline pipeline = new(reader, cluster => judges[cluster].Judge);
        try
        {
            using IntakeBatch batch = pipeline.ReadPart(messages, first, budget);
            BatchPosition position = new(
                partition, batch.Messages[0].SequenceNumber, batch.Messages[^1].SequenceNumber, batch.Messages[0].EnqueuedTime);
            ArchivedBatch archived = AuditPipeline.Archive(batch, position, options.Value.RedactArchive);
            Task archiving = archive.WriteAsync(archived.Blobs, cancellationToken);
            HashSet<RequestKey> judged = [];
            ActivityLog seen = new();
            List<Detection> found = [];
            try
            {
                foreach (string cluster in batch.Records.Select(static record => record.Event?.Cluster).OfType<string>().Distinct())
                {
                    AnomalyModel? model = await models.GetAsync(cluster, cancellationToken);
                    judges.Add(cluster, (model, pipelines.TakeJudge(model, ruleSet)));
                }

                found.AddRange(pipeline.Judge(batch, archived.Evidence, judged, seen));
                found.AddRange(RefusedMessages.In(batch, archived.Evidence));
            }
            finally
            {
                // Before anything is written of it, and also when it can't be judged.
                await archiving;
            }

            await detections.WriteAsync(found, cancellationToken);

            // The marks last: what they point to is there when CorrelateCluster looks.
            await batches.WriteAsync(
                seen,
                found.Where(IncidentBuilder.MakesIncidents).Select(static one => (ActorDay.Of(one), one.Severity)),
                FeedTally.Of(batch, partition),
                FeedPulse.Of(batch),
                position,
                cancellationToken);
            await urgent.AskAsync(found, cancellationToken);
            foreach ((string cluster, string nonce) in Canary.In(batch))
            {
                await canaries.SeenAsync(cluster, nonce, cancellationToken);
            }

            metrics.Count(IntakeCounts.ByCluster(batch.Records), found.Count);
            IntakeCounts counts = batch.Counts;
            Log.BatchIngested(
                log, partition, position.First, position.Last, counts.Total, counts.Parsed, counts.Salvaged,
                counts.Duplicate, counts.OtherCategory, counts.Quarantined, judged.Count, found.Count);
            return (batch.Messages.Count, counts);
        }
        finally
        {
            pipelines.Return(reader);
            foreach ((AnomalyModel? model, Judge judge) in judges.Values)
            {
                pipelines.Return(model, ruleSet, judge);
            }
        }
    }
}
