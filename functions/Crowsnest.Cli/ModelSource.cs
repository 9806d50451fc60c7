using Crowsnest.Azure;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;

namespace Crowsnest.Cli;

/// <summary>Gets a model from a file, or by training on files.</summary>
internal static class ModelSource
{
    internal static async Task<AnomalyModel> LoadAsync(FileInfo file, CancellationToken cancellationToken)
    {
        if (!file.Exists)
        {
            throw new UsageException($"there is no model {file.FullName}");
        }

        try
        {
            return ModelFile.Read(await File.ReadAllBytesAsync(file.FullName, cancellationToken));
        }
        catch (InvalidDataException broken)
        {
            throw new UsageException($"{file.Name}: {broken.Message}", broken);
        }
    }

    /// <summary>The fleet model that ships, or null when it was left out of this copy.</summary>
    internal static async Task<AnomalyModel?> ShippedAsync(CancellationToken cancellationToken)
    {
        FileInfo shipped = new(Path.Combine(AppContext.BaseDirectory, new CrowsnestOptions().ShippedModel));
        return shipped.Exists ? await LoadAsync(shipped, cancellationToken) : null;
    }

    /// <summary>
    /// The model as it judges the files. When it knows fewer than half of the accounts that they begin with, it is of another cluster.
    /// </summary>
    internal static async Task<AnomalyModel> ForAsync(
        AnomalyModel model, IReadOnlyList<FileInfo> files, CancellationToken cancellationToken)
    {
        Acquaintance known = new(model);
        using CancellationTokenSource enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            await new InputReader("default").ReadRequestsAsync(
                files,
                "Looking",
                audit =>
                {
                    if (!known.Meet(audit))
                    {
                        enough.Cancel();
                    }
                },
                enough.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Enough was seen.
        }

        if (known.IsStranger)
        {
            Terminal.Say("the model is of another cluster: it knows what is usual for kinds of accounts, and none of these by name");
        }

        return known.IsStranger ? model.AsPrior() : model;
    }

    internal static async Task<AnomalyModel> TrainAsync(
        IReadOnlyList<FileInfo> files,
        TrainingOptions options,
        RuleSet rules,
        CancellationToken cancellationToken)
    {
        TrainingSet set = new(options.HashKey, rules);
        await new InputReader("default").ReadAsync(
            files,
            "Learning",
            (batch, _) =>
            {
                foreach (IntakeRecord record in batch.Records)
                {
                    if (record.Event is { } audit)
                    {
                        set.Add(audit, alerted: false);
                    }
                }
            },
            cancellationToken);
        AnomalyModel model = ModelTrainer.Train(set, options, cancellationToken);
        Terminal.Say(
            $"model {model.Version}: learned from {Terminal.Number(set.Events)} requests of {set.Principals} principals in "
            + $"{set.Hours} hours, {model.Info.From:yyyy-MM-dd HH:mm} to {model.Info.To:yyyy-MM-dd HH:mm} UTC");
        return model;
    }
}
