using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>Keeps what is known of monitored timers, in the container where the Functions host has it.</summary>
internal sealed class TimerStatusStore(BlobServiceClient blobs)
{
    private readonly BlobContainerClient _container = blobs.GetBlobContainerClient(TimerLock.Container);

    internal async Task<TimerStatus?> ReadAsync(string function, CancellationToken cancellationToken)
    {
        try
        {
            BlobDownloadResult content = await Blob(function).DownloadContentAsync(cancellationToken);
            return content.Content.ToObjectFromJson<TimerStatus>();
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    internal Task WriteAsync(string function, TimerStatus status, CancellationToken cancellationToken) =>
        Blob(function).UploadAsync(BinaryData.FromObjectAsJson(status), overwrite: true, cancellationToken);

    private BlobClient Blob(string function) => _container.GetBlobClient($"timers/{TimerLock.HostId}/Host.Functions.{function}/status");
}
