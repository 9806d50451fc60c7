using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Crowsnest.Azure.Storage;

/// <summary>The archive in a container.</summary>
public sealed class BlobArchiveStore(BlobContainerClient container) : IArchiveStore
{
    public string Name => container.Uri.GetLeftPart(UriPartial.Path);

    public async IAsyncEnumerable<ArchiveItem> ListAsync(
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (BlobItem item in container.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellationToken))
        {
            yield return new(item.Name, item.Properties.ContentLength ?? 0, item.Properties.ETag?.ToString() ?? "");
        }
    }

    public async IAsyncEnumerable<string> ListFoldersAsync(
        string prefix,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (BlobHierarchyItem item in container.GetBlobsByHierarchyAsync(
            BlobTraits.None, BlobStates.None, "/", prefix, cancellationToken))
        {
            if (item.IsPrefix)
            {
                yield return item.Prefix;
            }
        }
    }

    public async Task<ArchiveItem?> FindAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            BlobProperties found = await container.GetBlobClient(path).GetPropertiesAsync(cancellationToken: cancellationToken);
            return new(path, found.ContentLength, found.ETag.ToString());
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    public async Task<ArchiveItem?> ReadAsync(string path, Stream content, CancellationToken cancellationToken)
    {
        try
        {
            using BlobDownloadStreamingResult found =
                await container.GetBlobClient(path).DownloadStreamingAsync(cancellationToken: cancellationToken);
            await found.Content.CopyToAsync(content, cancellationToken);
            return new(path, found.Details.ContentLength, found.Details.ETag.ToString());
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    public async Task<bool> WriteAsync(string path, Stream content, string? replaces, CancellationToken cancellationToken)
    {
        try
        {
            BlobUploadOptions options = new()
            {
                Conditions = replaces is null
                    ? new BlobRequestConditions { IfNoneMatch = ETag.All }
                    : new BlobRequestConditions { IfMatch = new ETag(replaces) },
            };
            await container.GetBlobClient(path).UploadAsync(content, options, cancellationToken);
            return true;
        }
        catch (RequestFailedException taken) when (taken.Status is 409 or 412)
        {
            return false;
        }
    }

    public async Task<bool> DeleteAsync(ArchiveItem item, CancellationToken cancellationToken)
    {
        try
        {
            BlobRequestConditions conditions = new() { IfMatch = new ETag(item.ETag) };
            await container.GetBlobClient(item.Path).DeleteIfExistsAsync(DeleteSnapshotsOption.None, conditions, cancellationToken);
            return true;
        }
        catch (RequestFailedException kept) when (kept.Status is 409 or 412)
        {
            // Changed meanwhile, or under a legal hold.
            return false;
        }
    }
}
