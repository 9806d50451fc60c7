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
    ActivityTable activity,
    ChangeTable changes,
    UrgentClusters urgent,
    FeedTable feeds,
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
            await archive.WriteAsync(archived.Blobs, cancellationToken);

            foreach (string cluster in batch.Records.Select(static record => record.Event?.Cluster).OfType<string>().Distinct())
            {
                AnomalyModel? model = await models.GetAsync(cluster, cancellationToken);
                judges.Add(cluster, (model, pipelines.TakeJudge(model, ruleSet)));
            }

            HashSet<RequestKey> judged = [];
            ActivityLog seen = new();
            List<Detection> found = pipeline.Judge(batch, archived.Evidence, judged, seen);
            found.AddRange(RefusedMessages.In(batch, archived.Evidence));
            await detections.WriteAsync(found, cancellationToken);

            // The marks last: what they point to is there when CorrelateCluster looks.
            await changes.MarkAsync(
                await activity.WriteAsync(seen, position, cancellationToken),
                found.Where(IncidentBuilder.MakesIncidents).Select(static one => (ActorDay.Of(one), one.Severity)),
                cancellationToken);
            await urgent.AskAsync(found, cancellationToken);
            await feeds.WriteAsync(FeedTally.Of(batch, partition), FeedPulse.Of(batch), position, cancellationToken);
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
