using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// The right to correlate a cluster, for one at a time: a lease on a blob of its name, renewed until it is given back. One of an
/// instance that died ends after a minute.
/// </summary>
public sealed class ClusterLease : IAsyncDisposable
{
    private const string Instance = "instance";
    private static readonly TimeSpan Length = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(20);

    private readonly BlobLeaseClient _lease;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _done = new();
    private readonly Task _renewing;

    private ClusterLease(BlobLeaseClient lease, bool wasOwn)
    {
        _lease = lease;
        WasOwn = wasOwn;
        _renewing = RenewAsync();
    }

    /// <summary>True when nobody else had the lease since this instance had it, so that what it remembers still holds.</summary>
    public bool WasOwn { get; }

    /// <summary>Ends when the lease is lost.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes the lease.</summary>
    /// <param name="storage">The storage.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="instance">Name of this instance.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The lease, or null when another has it.</returns>
    public static async Task<ClusterLease?> TryTakeAsync(
        StorageClients storage, string cluster, string instance, CancellationToken cancellationToken)
    {
        BlobClient blob = storage.Blobs.GetBlobContainerClient(StorageNames.LeasesContainer).GetBlobClient($"correlate/{cluster}");
        BlobLeaseClient lease = blob.GetBlobLeaseClient();
        try
        {
            try
            {
                await lease.AcquireAsync(Length, cancellationToken: cancellationToken);
            }
            catch (RequestFailedException missing) when (missing.Status == 404)
            {
                await CreateAsync(blob, cancellationToken);
                await lease.AcquireAsync(Length, cancellationToken: cancellationToken);
            }
        }
        catch (RequestFailedException taken) when (taken.Status is 409 or 412)
        {
            return null;
        }

        try
        {
            return new ClusterLease(lease, await SignAsync(blob, lease.LeaseId, instance, cancellationToken));
        }
        catch
        {
            await lease.ReleaseAsync(cancellationToken: CancellationToken.None);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _done.CancelAsync();
        await _renewing;
        try
        {
            await _lease.ReleaseAsync();
        }
        catch (Exception fault) when (StorageFault.Is(fault))
        {
            // It ends by itself.
        }

        _lost.Dispose();
        _done.Dispose();
    }

    private static async Task CreateAsync(BlobClient blob, CancellationToken cancellationToken)
    {
        try
        {
            await blob.UploadAsync(BinaryData.Empty, overwrite: false, cancellationToken);
        }
        catch (RequestFailedException exists) when (exists.Status is 409 or 412)
        {
            // Another was first.
        }
    }

    // Leaves the instance's name on the blob. True when it was there.
    private static async Task<bool> SignAsync(BlobClient blob, string lease, string instance, CancellationToken cancellationToken)
    {
        BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
        if (properties.Metadata.TryGetValue(Instance, out string? last) && last == instance)
        {
            return true;
        }

        await blob.SetMetadataAsync(
            new Dictionary<string, string> { [Instance] = instance }, new BlobRequestConditions { LeaseId = lease }, cancellationToken);
        return false;
    }

    private async Task RenewAsync()
    {
        while (true)
        {
            await Task.Delay(Renewal, _done.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_done.IsCancellationRequested)
            {
                return;
            }

            try
            {
                await _lease.RenewAsync(cancellationToken: _done.Token);
            }
            catch (Exception fault) when (StorageFault.Is(fault))
            {
                if (!_done.IsCancellationRequested)
                {
                    await _lost.CancelAsync();
                }

                return;
            }
        }
    }
}
