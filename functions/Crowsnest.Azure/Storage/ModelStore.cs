using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// The trained models of a cluster, or of the fleet of all clusters: dated artefacts that are never changed, each with its card, and a
/// pointer to the one in use.
/// </summary>
/// <param name="storage">Where they are.</param>
/// <param name="clock">Dates them.</param>
/// <param name="cluster">The cluster; empty for the fleet.</param>
public sealed class ModelStore(StorageClients storage, TimeProvider clock, string cluster = "")
{
    private const string CardSuffix = ".card.json";

    private readonly string _folder = cluster.Length == 0 ? "" : $"cluster={cluster}/";

    private readonly BlobContainerClient _container = storage.Blobs.GetBlobContainerClient(StorageNames.ModelsContainer);

    /// <summary>True for the models of all clusters.</summary>
    public bool IsOfFleet => cluster.Length == 0;

    /// <summary>The models of a cluster.</summary>
    public ModelStore Of(string name) => new(storage, clock, name);

    /// <summary>The pointer, or null when nothing has been published.</summary>
    public async Task<(ModelPointer Pointer, ETag ETag)?> CurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            BlobDownloadResult blob = await _container.GetBlobClient(_folder + StorageNames.CurrentModel)
                .DownloadContentAsync(cancellationToken);
            ModelPointer pointer = JsonSerializer.Deserialize(blob.Content.ToMemory().Span, ModelPointerJson.Default.ModelPointer)
                ?? throw new InvalidDataException($"{StorageNames.CurrentModel} holds null");
            return (pointer, blob.Details.ETag);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    public async Task<AnomalyModel> LoadAsync(ModelPointer current, CancellationToken cancellationToken)
    {
        BlobDownloadResult blob = await _container.GetBlobClient(current.Artefact).DownloadContentAsync(cancellationToken);
        return ModelFile.Read(blob.Content.ToArray());
    }

    /// <summary>The cards of all models that are kept, the oldest first.</summary>
    public async Task<IReadOnlyList<ModelCard>> ListAsync(CancellationToken cancellationToken)
    {
        List<ModelCard> cards = [];
        await foreach (BlobItem blob in _container.GetBlobsAsync(
            BlobTraits.None, BlobStates.None, _folder, cancellationToken))
        {
            // Below the fleet's lie those of the clusters.
            if (blob.Name.EndsWith(CardSuffix, StringComparison.Ordinal)
                && !blob.Name[_folder.Length..].Contains('/', StringComparison.Ordinal))
            {
                BlobDownloadResult card = await _container.GetBlobClient(blob.Name).DownloadContentAsync(cancellationToken);
                cards.Add(JsonSerializer.Deserialize(card.Content.ToMemory().Span, ModelPointerJson.Default.ModelCard)
                    ?? throw new InvalidDataException($"{blob.Name} holds null"));
            }
        }

        return [.. cards.OrderBy(static card => card.Trained)];
    }

    /// <summary>Stores a trained model with its card. It is not in use before the pointer is moved to it.</summary>
    /// <param name="result">The model and how it compares.</param>
    /// <param name="previous">Version of the model it was compared with, or null.</param>
    /// <param name="cancellationToken">Ends the upload early.</param>
    public async Task<ModelCard> StoreAsync(RetrainingResult result, string? previous, CancellationToken cancellationToken)
    {
        AnomalyModel model = result.Model;
        DateTimeOffset now = clock.GetUtcNow();
        string name = $"{_folder}{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}-{model.Version}";
        ModelCard card = new()
        {
            Artefact = name + ".model",
            Version = model.Version,
            Trained = now,
            From = model.Info.From,
            To = model.Info.To,
            Events = model.Info.Events,
            Principals = model.Info.Principals,
            Previous = previous,
            Accepted = result.Accepted,
            Gates = result.Gates,
            Drift = result.Drift,
            NewlyAccepted = result.NewlyAccepted,
        };
        BinaryData artefact = new(ModelFile.Write(model));
        await _container.GetBlobClient(card.Artefact).UploadAsync(artefact, overwrite: true, cancellationToken);
        BinaryData json = new(JsonSerializer.SerializeToUtf8Bytes(card, ModelPointerJson.Default.ModelCard));
        await _container.GetBlobClient(name + CardSuffix).UploadAsync(json, overwrite: true, cancellationToken);
        return card;
    }

    /// <summary>Puts a stored model to use. A pointer that moved meanwhile is left alone.</summary>
    /// <param name="card">The model.</param>
    /// <param name="pinned">True to keep trainings from moving the pointer.</param>
    /// <param name="expected">The pointer's tag when it was read; null when there was none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="isOfFleet">False for a model of the fleet that judges clusters as their own.</param>
    /// <returns>False when somebody else moved it.</returns>
    public async Task<bool> UseAsync(
        ModelCard card, bool pinned, ETag? expected, CancellationToken cancellationToken, bool isOfFleet = true)
    {
        ModelPointer pointer = new(
            card.Artefact, card.Version, clock.GetUtcNow(), card.From, card.To, card.Events, card.Principals, pinned)
        {
            IsOfFleet = IsOfFleet && isOfFleet,
        };
        BlobUploadOptions options = new()
        {
            Conditions = expected is { } tag
                ? new BlobRequestConditions { IfMatch = tag }
                : new BlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" },
        };
        try
        {
            BinaryData json = new(JsonSerializer.SerializeToUtf8Bytes(pointer, ModelPointerJson.Default.ModelPointer));
            await _container.GetBlobClient(_folder + StorageNames.CurrentModel).UploadAsync(json, options, cancellationToken);
            return true;
        }
        catch (RequestFailedException raced) when (raced.Status is 409 or 412)
        {
            return false;
        }
    }

    /// <summary>What came of the last try to train, or null when it never was tried.</summary>
    public async Task<TrainingTry?> LastTryAsync(CancellationToken cancellationToken)
    {
        try
        {
            BlobDownloadResult blob = await _container.GetBlobClient(StorageNames.LastTraining).DownloadContentAsync(cancellationToken);
            return JsonSerializer.Deserialize(blob.Content.ToMemory().Span, ModelPointerJson.Default.TrainingTry);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Keeps what came of a try to train.</summary>
    /// <param name="fault">Why there is no model; empty when there is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task TriedAsync(string fault, CancellationToken cancellationToken)
    {
        TrainingTry tried = TrainingTry.After(await LastTryAsync(cancellationToken), clock.GetUtcNow(), fault);
        BinaryData json = new(JsonSerializer.SerializeToUtf8Bytes(tried, ModelPointerJson.Default.TrainingTry));
        await _container.GetBlobClient(StorageNames.LastTraining).UploadAsync(json, overwrite: true, cancellationToken);
    }

    /// <summary>Deletes the oldest models beyond a number, but never the one in use.</summary>
    public async Task TrimAsync(int keep, CancellationToken cancellationToken)
    {
        string? used = (await CurrentAsync(cancellationToken))?.Pointer.Artefact;
        IReadOnlyList<ModelCard> cards = await ListAsync(cancellationToken);
        foreach (ModelCard card in cards.Take(Math.Max(0, cards.Count - keep)).Where(card => card.Artefact != used))
        {
            // The card goes last: what has a card can be listed and tried again.
            await _container.DeleteBlobIfExistsAsync(card.Artefact, cancellationToken: cancellationToken);
            await _container.DeleteBlobIfExistsAsync(
                Path.ChangeExtension(card.Artefact, null) + CardSuffix, cancellationToken: cancellationToken);
        }
    }
}
