using System.Globalization;
using Azure;
using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Training;

/// <summary>
/// Trains a model for each cluster, and one for the fleet of all, from the archive's aggregates. Each is published if it is not worse than
/// the one in use. A training that fails changes nothing.
/// </summary>
public sealed class ModelTrainingJob(
    IArchiveStore archive,
    ArchiveCompactionJob compaction,
    DetectionTable detections,
    IncidentTable incidents,
    FeedbackTable feedback,
    NewClusters newClusters,
    ModelStore models,
    CurrentRules rules,
    ModelMetrics metrics,
    TimeProvider clock,
    IOptions<CrowsnestOptions> options,
    ILogger<ModelTrainingJob> log)
{
    // Twice as many alerts as the budget allows.
    private const double DriftOfConcern = 2;

    private static readonly TrainingOptions Training = new();

    /// <summary>Trains and publishes.</summary>
    /// <returns>What came of it, in one line.</returns>
    public async Task<string> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            string outcome = await TrainAsync(cancellationToken);
            await models.TriedAsync("", cancellationToken);
            return outcome;
        }
        catch (TrainingException fault)
        {
            Log.TrainingSkipped(log, fault.Message);
            await models.TriedAsync(fault.Message, cancellationToken);
            return $"no model was trained: {fault.Message}";
        }
        catch (Exception fault)
        {
            await KeepAsync(fault, cancellationToken.IsCancellationRequested);
            throw;
        }
    }

    // Storage that is away can't keep it either; the fault itself matters more. A run that is ended is out of time: the host's token too.
    private async Task KeepAsync(Exception fault, bool isEnded)
    {
        try
        {
            await models.TriedAsync(isEnded ? "it was ended before it was done" : fault.Message.Split('\n')[0], CancellationToken.None);
        }
        catch (Exception away) when (away is RequestFailedException || StorageFault.Is(away))
        {
        }
    }

    private async Task<string> TrainAsync(CancellationToken cancellationToken)
    {
        AlertedRequests alerted = new(await AlertedAsync(cancellationToken));

        // What has arrived since the last compaction is learned as well.
        await compaction.RunAsync(unfinished: true, cancellationToken);
        AggregateReader reader = new(archive, log);
        RuleSet ruleSet = await rules.GetAsync(cancellationToken);
        Task<(TrainingSet Set, int Hours)> ReadAsync(string? cluster) => reader.ReadAsync(
            cluster,
            options.Value.TrainingDays,
            DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime),
            Training,
            ruleSet,
            alerted,
            cancellationToken);

        // The fleet's last: with it in use each cluster is asked for its own. That of a single cluster is the same.
        IReadOnlyList<string> clusters = await reader.ClustersAsync(cancellationToken);
        List<string> outcomes = [];
        foreach (string cluster in clusters.Count > 1 ? clusters : [])
        {
            try
            {
                (TrainingSet own, int ownHours) = await ReadAsync(cluster);
                outcomes.Add($"{cluster}: {await TrainAsync([models.Of(cluster)], own, ownHours, cancellationToken)}");
            }
            catch (TrainingException few)
            {
                Log.TrainingSkipped(log, $"{cluster}: {few.Message}");
                outcomes.Add($"{cluster}: no model was trained: {few.Message}");
            }
        }

        (TrainingSet set, int hours) = await ReadAsync(null);
        string outcome = await TrainAsync(
            clusters.Count == 1 ? [models.Of(clusters[0]), models] : [models], set, hours, cancellationToken);
        return outcomes.Count == 0 ? outcome : string.Join("; ", outcomes.Append($"fleet: {outcome}"));
    }

    // The first of the places decides.
    private async Task<string> TrainAsync(
        IReadOnlyList<ModelStore> places, TrainingSet set, int hours, CancellationToken cancellationToken)
    {
        AnomalyModel? inUse = await InUseAsync(places[0], cancellationToken);
        RetrainingResult result = Retraining.Run(set, inUse, Training, options.Value.FalseAlertsPerDay, cancellationToken);
        if (result.Drift is { } drift && drift > DriftOfConcern)
        {
            Log.ModelDrifts(log, inUse?.Version ?? "", drift);
        }

        metrics.Drifted(result.Drift);
        string? outcome = null;
        foreach (ModelStore place in places)
        {
            (ModelPointer Pointer, ETag ETag)? current = await place.CurrentAsync(cancellationToken);
            if (result.Model.Version != current?.Pointer.Version || current?.Pointer.IsOfFleet != place.IsOfFleet)
            {
                ModelCard card = await place.StoreAsync(result, current?.Pointer.Version, cancellationToken);
                string published = await PublishAsync(place, card, current, cancellationToken);
                await place.TrimAsync(options.Value.ModelsKept, cancellationToken);
                Log.ModelTrained(log, card.Version, set.Events, set.Principals, hours, published);
                outcome ??= $"model {card.Version}, from {set.Events} requests of {set.Principals} principals in {set.Hours} hours, "
                    + $"{hours} aggregates: {published}";
            }
        }

        return outcome ?? $"model {result.Model.Version} is in use already";
    }

    // A cluster that has none is compared with the model of all, if that judged it so far.
    private async Task<AnomalyModel?> InUseAsync(ModelStore place, CancellationToken cancellationToken) =>
        await place.CurrentAsync(cancellationToken) is { } own ? await LoadAsync(own.Pointer, cancellationToken)
            : await models.CurrentAsync(cancellationToken) is { Pointer.IsOfFleet: false } before
                ? await LoadAsync(before.Pointer, cancellationToken)
            : null;

    private static async Task<string> PublishAsync(
        ModelStore place, ModelCard card, (ModelPointer Pointer, ETag ETag)? current, CancellationToken cancellationToken)
    {
        if (!card.Accepted)
        {
            return "not published, because it is worse than the one in use: " + string.Join("; ", card.Gates
                .Where(static gate => !gate.Passed)
                .Select(static gate => string.Create(
                    CultureInfo.InvariantCulture,
                    $"{gate.Name} {gate.New:0.##} against {gate.Current:0.##}")));
        }

        return current is { Pointer.Pinned: true } ? "not published, because the one in use is pinned by a rollback"
            : await place.UseAsync(card, pinned: false, current?.ETag, cancellationToken) ? "published"
            : "not published, because another training finished first";
    }

    // A model that can't be read any more can't be compared with either.
    private async Task<AnomalyModel?> LoadAsync(ModelPointer pointer, CancellationToken cancellationToken)
    {
        try
        {
            return await models.LoadAsync(pointer, cancellationToken);
        }
        catch (Exception fault) when (fault is InvalidDataException or RequestFailedException { Status: 404 })
        {
            Log.ModelNotLoaded(log, fault);
            return null;
        }
    }

    // What was alerted on must not become normal, unless somebody says that it was meant to happen. What was odd, but not
    // worth an alert, may: nobody was asked about it. Of what somebody calls an attack, nothing may.
    private async Task<List<(string Cluster, DateOnly Day, string AuditId)>> AlertedAsync(CancellationToken cancellationToken)
    {
        List<(string, DateOnly, string)> alerted = [];
        IReadOnlyDictionary<string, FirstDays> first = await newClusters.AllAsync(cancellationToken);
        foreach (IGrouping<string, DateOnly> cluster in (await incidents.ListDaysAsync(cancellationToken))
            .GroupBy(static pair => pair.Cluster, static pair => pair.Day))
        {
            // Incidents go over days.
            List<Detection> found = [];
            foreach (DateOnly day in cluster)
            {
                found.AddRange(await detections.ReadAsync(cluster.Key, day, cancellationToken));
            }

            IReadOnlyDictionary<string, (Answer Answer, DateTimeOffset At)> answers =
                await feedback.ReadAsync(cluster.Key, cancellationToken);
            foreach (Incident incident in IncidentBuilder.Group(found))
            {
                alerted.AddRange(NotToLearn(incident, answers, first.GetValueOrDefault(cluster.Key)).SelectMany(
                    detection => detection.AuditIds.Select(id => (cluster.Key, DateOnly.FromDateTime(detection.Time.UtcDateTime), id))));
            }
        }

        return alerted;
    }

    // An answer is about what had happened when it was given: an incident goes on.
    internal static IEnumerable<Detection> NotToLearn(
        Incident incident, IReadOnlyDictionary<string, (Answer Answer, DateTimeOffset At)> answers, FirstDays? first)
    {
        (Answer Answer, DateTimeOffset At)[] said =
            [.. incident.Parts.Where(part => answers.ContainsKey(part.Id)).Select(part => answers[part.Id])];
        if (said.Any(static one => one.Answer == Answer.Attack))
        {
            return incident.Detections;
        }

        if (incident.AlertFrom is not { } at)
        {
            return [];
        }

        // Of what was told together in first days nobody was asked one by one. Without it no habit would ever be known.
        DateTimeOffset learned = first?.Hold(incident, at) == true ? first.Until : DateTimeOffset.MinValue;
        DateTimeOffset expected = said.Select(static one => one.At).Append(learned).Max();
        return incident.Detections.Where(detection => IsGrave(detection) && detection.Time > expected);
    }

    // Daily work that a low rule knows stays learnable on the day of an alert: else it would seem odd, and alert again.
    private static bool IsGrave(Detection detection) =>
        detection.Source == DetectionSource.Model || detection.Severity >= Severity.Medium;
}
