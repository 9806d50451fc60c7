using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Azure.Training;

/// <summary>The published models: dated artefacts that are never changed, and a pointer to the one in use.</summary>
public sealed class ModelStore(StorageClients storage, TimeProvider clock)
{
    private readonly BlobContainerClient _container = storage.Blobs.GetBlobContainerClient(StorageNames.ModelsContainer);

    /// <summary>The pointer, or null when nothing has been published.</summary>
    public async Task<(ModelPointer Pointer, ETag ETag)?> CurrentAsync(CancellationToken cancellationToken)
    {
        try
        {
            BlobDownloadResult blob = await _container.GetBlobClient(StorageNames.CurrentModel)
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

    /// <summary>Stores the model and points to it. A pointer that moved meanwhile is left alone.</summary>
    /// <returns>False when another training won.</returns>
    public async Task<bool> PublishAsync(AnomalyModel model, ETag? expected, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        string name = $"{now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}-{model.Version}.model";
        await _container.GetBlobClient(name).UploadAsync(new BinaryData(ModelFile.Write(model)), overwrite: true, cancellationToken);
        ModelPointer pointer = new(name, model.Version, now, model.Info.From, model.Info.To, model.Info.Events, model.Info.Principals);
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
            await _container.GetBlobClient(StorageNames.CurrentModel).UploadAsync(json, options, cancellationToken);
            return true;
        }
        catch (RequestFailedException raced) when (raced.Status is 409 or 412)
        {
            return false;
        }
    }
}
