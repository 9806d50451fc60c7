using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Crowsnest.Core.Archiving;
using Microsoft.Extensions.Logging;

namespace Crowsnest.Azure.Storage;

/// <summary>Writes and reads the archive. A blob that is there already is never written over.</summary>
public sealed class BlobArchive(StorageClients storage, ILogger<BlobArchive> log)
{
    /// <summary>Writes the blobs of a batch. When it returns, all of them are stored.</summary>
    public Task WriteAsync(IReadOnlyList<ArchiveBlob> blobs, CancellationToken cancellationToken) =>
        Task.WhenAll(blobs.Select(blob => WriteAsync(blob, cancellationToken)));

    /// <summary>Paths of the blobs below a prefix, in order.</summary>
    public async IAsyncEnumerable<string> ListAsync(
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        AsyncPageable<BlobItem> items = storage.Archive.GetBlobsAsync(
            BlobTraits.None, BlobStates.None, prefix, cancellationToken);
        await foreach (BlobItem item in items)
        {
            yield return item.Name;
        }
    }

    /// <summary>Opens a blob for reading.</summary>
    public Task<Stream> OpenAsync(string path, CancellationToken cancellationToken) =>
        storage.Archive.GetBlobClient(path).OpenReadAsync(cancellationToken: cancellationToken);

    private async Task WriteAsync(ArchiveBlob blob, CancellationToken cancellationToken)
    {
        if (await TryCreateAsync(blob.Path, blob.Content, cancellationToken)
            || await HoldsAsync(blob.Path, blob.Content, cancellationToken))
        {
            return;
        }

        // Two hubs, or one that was made anew, gave two batches one name: neither may be lost.
        string content = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(blob.Content).AsSpan(0, 6));
        string other = blob.Path.Replace(".jsonl.gz", $"-{content}.jsonl.gz", StringComparison.Ordinal);
        Log.ArchiveNameTaken(log, blob.Path, other);
        await TryCreateAsync(other, blob.Content, cancellationToken);
    }

    private async Task<bool> TryCreateAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            BlobUploadOptions options = new()
            {
                Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                HttpHeaders = new BlobHttpHeaders { ContentType = "application/gzip" },
            };
            await storage.Archive.GetBlobClient(path).UploadAsync(new BinaryData(content), options, cancellationToken);
            return true;
        }
        catch (RequestFailedException taken) when (taken.Status is 409 or 412)
        {
            return false;
        }
    }

    private async Task<bool> HoldsAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        BlobClient client = storage.Archive.GetBlobClient(path);
        BlobProperties properties = await client.GetPropertiesAsync(cancellationToken: cancellationToken);
        if (properties.ContentLength != content.Length)
        {
            return false;
        }

        BlobDownloadResult stored = await client.DownloadContentAsync(cancellationToken);
        return stored.Content.ToMemory().Span.SequenceEqual(content);
    }
}
