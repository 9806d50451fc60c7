using System.IO.Compression;
using Azure;
using Crowsnest.Azure.Files;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Archiving;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Training;

/// <summary>Trains a model from the raw archive and publishes it. A training that fails changes nothing.</summary>
public sealed class ModelTrainingJob(
    BlobArchive archive,
    DetectionTable detections,
    IncidentTable incidents,
    ModelStore models,
    TimeProvider clock,
    IOptions<CrowsnestOptions> options,
    ILogger<ModelTrainingJob> log)
{
    /// <summary>Trains and publishes.</summary>
    /// <returns>What came of it, in one line.</returns>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        (ModelPointer Pointer, ETag ETag)? current = await models.CurrentAsync(cancellationToken);
        TrainingOptions training = new();
        HashSet<string> alerted = await AlertedAsync(cancellationToken);
        TrainingSet set = new(training.HashKey);
        int blobs = 0;
        string first = clock.GetUtcNow().UtcDateTime.Date.AddDays(-options.Value.TrainingDays)
            .ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        await foreach (string path in archive.ListAsync(RawArchive.RawPrefix, cancellationToken))
        {
            if (string.CompareOrdinal(DateOf(path), first) >= 0)
            {
                await ReadAsync(path, set, alerted, cancellationToken);
                blobs++;
            }
        }

        AnomalyModel model;
        try
        {
            model = ModelTrainer.Train(set, training, cancellationToken);
        }
        catch (TrainingException fault)
        {
            Log.TrainingSkipped(log, fault.Message);
            return $"no model was trained: {fault.Message}";
        }

        if (model.Version == current?.Pointer.Version)
        {
            return $"model {model.Version} is in use already";
        }

        bool published = await models.PublishAsync(model, current?.ETag, cancellationToken);
        Log.ModelTrained(log, model.Version, set.Events, set.Principals, blobs, published);
        return published
            ? $"published model {model.Version}: {set.Events} requests of {set.Principals} principals in {set.Hours} hours, from {blobs} blobs"
            : $"model {model.Version} was not published: another training finished first";
    }

    private static string DateOf(string path)
    {
        int at = path.IndexOf("/date=", StringComparison.Ordinal);
        return at < 0 || at + 16 > path.Length ? "" : path.Substring(at + 6, 10);
    }

    // What was alerted on must not become normal.
    private async Task<HashSet<string>> AlertedAsync(CancellationToken cancellationToken)
    {
        HashSet<string> alerted = new(StringComparer.Ordinal);
        foreach ((string cluster, DateOnly day) in await incidents.ListDaysAsync(cancellationToken))
        {
            foreach (Detection detection in await detections.ReadAsync(cluster, day, cancellationToken))
            {
                if (detection.Source == DetectionSource.Model || detection.Severity >= Severity.Medium)
                {
                    alerted.UnionWith(detection.AuditIds);
                }
            }
        }

        return alerted;
    }

    private async Task ReadAsync(string path, TrainingSet set, HashSet<string> alerted, CancellationToken cancellationToken)
    {
        MessageReader reader = new(new AuditEventParser(), options.Value.DefaultCluster);
        await using Stream blob = await archive.OpenAsync(path, cancellationToken);
        await using GZipStream stream = new(blob, CompressionMode.Decompress);
        await foreach (HubMessage piece in AuditFile.ReadPiecesAsync(stream, cancellationToken))
        {
            using IntakeBatch batch = new();
            reader.Read(piece, batch);
            foreach (IntakeRecord record in batch.Records)
            {
                if (record.Event is { } audit)
                {
                    set.Add(audit, alerted.Contains(audit.AuditId));
                }
            }
        }
    }
}
