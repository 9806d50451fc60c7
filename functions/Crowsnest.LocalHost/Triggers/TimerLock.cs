using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>
/// Lets one instance of several run a timer: whoever has the lease of its blob. One that was killed loses it within half a minute.
/// </summary>
internal sealed class TimerLock(BlobServiceClient blobs, string function)
{
    /// <summary>The container that the Functions host uses.</summary>
    internal const string Container = "azure-webjobs-hosts";

    /// <summary>Apps that share a storage account are told apart by it.</summary>
    internal const string HostId = "crowsnest-local";

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(30);

    private readonly BlobClient _blob =
        blobs.GetBlobContainerClient(Container).GetBlobClient($"locks/{HostId}/Host.Functions.{function}.Listener");

    private string? _leaseId;

    /// <summary>Takes the lease, or renews it.</summary>
    /// <returns>True when this instance is the one that runs the timer.</returns>
    internal async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        if (_leaseId is { } id)
        {
            try
            {
                await _blob.GetBlobLeaseClient(id).RenewAsync(cancellationToken: cancellationToken);
                return true;
            }
            catch (RequestFailedException lost) when (lost.Status is 404 or 409 or 412)
            {
                _leaseId = null;
            }
        }

        return await TryAcquireAsync(cancellationToken);
    }

    internal async Task ReleaseAsync(CancellationToken cancellationToken)
    {
        if (_leaseId is { } id)
        {
            _leaseId = null;
            await _blob.GetBlobLeaseClient(id).ReleaseAsync(cancellationToken: cancellationToken);
        }
    }

    private async Task<bool> TryAcquireAsync(CancellationToken cancellationToken)
    {
        try
        {
            BlobLease lease = await _blob.GetBlobLeaseClient().AcquireAsync(Length, cancellationToken: cancellationToken);
            _leaseId = lease.LeaseId;
            return true;
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return await TryCreateAsync(cancellationToken) && await TryAcquireAsync(cancellationToken);
        }
        catch (RequestFailedException taken) when (taken.Status == 409)
        {
            return false;
        }
    }

    private async Task<bool> TryCreateAsync(CancellationToken cancellationToken)
    {
        try
        {
            BlobUploadOptions isNew = new() { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            using MemoryStream nothing = new();
            await _blob.UploadAsync(nothing, isNew, cancellationToken);
            return true;
        }
        catch (RequestFailedException exists) when (exists.Status is 409 or 412)
        {
            return true;
        }
    }
}
