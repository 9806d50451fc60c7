using System.Globalization;
using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Queues;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What was posted to the webhook, from its answer until it is judged: a blob named by cluster and content in the container
/// <c>webhook</c>, and a message in the queue <c>webhook</c> that names it. A body that was judged leaves an empty blob behind, so that
/// the same body sent again is known, and keeps the time of its first arrival.
/// </summary>
public sealed class WebhookBodies(StorageClients storage, TimeProvider clock)
{
    private const string Arrival = "arrival";
    private const string Judged = "judged";

    // An API server sends a body again for minutes. A day leaves room for whatever stands between.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);

    // Longer than a message of the queue is hidden and tried again: nobody is going to judge what is older.
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(30);

    private readonly BlobContainerClient _blobs = storage.Blobs.GetBlobContainerClient(StorageNames.WebhookContainer);
    private readonly QueueClient _queue = storage.Queues.GetQueueClient(StorageNames.WebhookQueue);

    /// <summary>Stores a body and asks for it to be judged. When it returns, both are done.</summary>
    /// <param name="cluster">The cluster that it was posted for.</param>
    /// <param name="content">What was posted.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StoreAsync(string cluster, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        string name = $"{cluster}/{Convert.ToHexStringLower(SHA256.HashData(content.Span))}";
        BlobClient blob = _blobs.GetBlobClient(name);
        try
        {
            await blob.UploadAsync(
                new BinaryData(content),
                new BlobUploadOptions
                {
                    Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
                    Metadata = new Dictionary<string, string> { [Arrival] = Text(clock.GetUtcNow()) },
                },
                cancellationToken);
        }
        catch (RequestFailedException exists) when (exists.Status is 409 or 412)
        {
            BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            if (properties.Metadata.ContainsKey(Judged))
            {
                return;
            }
        }

        await _queue.SendMessageAsync(name, cancellationToken);
    }

    /// <summary>Reads a body.</summary>
    /// <returns>The body, or null when it was judged.</returns>
    public async Task<WebhookBody?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        try
        {
            BlobDownloadResult blob = await _blobs.GetBlobClient(name).DownloadContentAsync(cancellationToken);
            return blob.Details.Metadata.ContainsKey(Judged) ? null : new WebhookBody(
                name, name[..name.LastIndexOf('/')], Time(blob.Details.Metadata[Arrival]), blob.Content);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Remembers that a body was judged.</summary>
    public Task JudgedAsync(WebhookBody body, CancellationToken cancellationToken) => _blobs.GetBlobClient(body.Name).UploadAsync(
        BinaryData.Empty,
        new BlobUploadOptions
        {
            Metadata = new Dictionary<string, string> { [Arrival] = Text(body.Arrival), [Judged] = Text(clock.GetUtcNow()) },
        },
        cancellationToken);

    /// <summary>Asks anew for what nobody judged, and forgets what was judged long ago.</summary>
    /// <returns>How many were asked for anew.</returns>
    public async Task<int> SweepAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        int asked = 0;
        await foreach (BlobItem blob in _blobs.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, null, cancellationToken))
        {
            DateTimeOffset arrival = Time(blob.Metadata[Arrival]);
            if (blob.Metadata.ContainsKey(Judged))
            {
                if (now - arrival > Remembered)
                {
                    await _blobs.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
                }
            }
            else if (now - arrival > Forgotten)
            {
                await _queue.SendMessageAsync(blob.Name, cancellationToken);
                asked++;
            }
        }

        return asked;
    }

    private static string Text(DateTimeOffset time) => time.ToString("O", CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
