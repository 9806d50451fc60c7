using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using Microsoft.Extensions.Configuration;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// The storage accounts, from the settings the Functions host reads too: a connection string
/// (<c>AzureWebJobsStorage</c>), or service URIs and a managed identity (<c>AzureWebJobsStorage:blobServiceUri</c> and so
/// on). The archive may have an account of its own under <c>Archive</c>.
/// </summary>
public sealed class StorageClients
{
    public const string HostConnection = "AzureWebJobsStorage";
    public const string ArchiveConnection = "Archive";

    public StorageClients(IConfiguration configuration)
    {
        string? text = configuration[HostConnection];
        string? archiveText = configuration[ArchiveConnection] ?? text;

        // The trigger's host.json says "messageEncoding": "none"; both sides must agree.
        QueueClientOptions queueOptions = WithRetry(new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None });
        BlobClientOptions blobOptions = WithRetry(new BlobClientOptions());
        TableClientOptions tableOptions = WithRetry(new TableClientOptions());
        if (!string.IsNullOrEmpty(text))
        {
            Blobs = new BlobServiceClient(text, blobOptions);
            Queues = new QueueServiceClient(text, queueOptions);
            Tables = new TableServiceClient(text, tableOptions);
        }
        else
        {
            IConfigurationSection host = configuration.GetSection(HostConnection);
            TokenCredential credential = AzureCredential.From(host);
            Blobs = new BlobServiceClient(Required(host, "blobServiceUri"), credential, blobOptions);
            Queues = new QueueServiceClient(Required(host, "queueServiceUri"), credential, queueOptions);
            Tables = new TableServiceClient(Required(host, "tableServiceUri"), credential, tableOptions);
        }

        IConfigurationSection archive = configuration.GetSection(ArchiveConnection);
        BlobServiceClient archiveBlobs = archive["blobServiceUri"] is { Length: > 0 } uri
            ? new BlobServiceClient(new Uri(uri), AzureCredential.From(archive), blobOptions)
            : string.IsNullOrEmpty(archiveText) ? Blobs : new BlobServiceClient(archiveText, blobOptions);
        Archive = archiveBlobs.GetBlobContainerClient(StorageNames.ArchiveContainer);
    }

    public BlobServiceClient Blobs { get; }

    public QueueServiceClient Queues { get; }

    public TableServiceClient Tables { get; }

    /// <summary>The archive's container.</summary>
    public BlobContainerClient Archive { get; }

    // Some seconds of trying: whoever called (the Functions host, an API server) tries again by itself, and must hear in time.
    private static T WithRetry<T>(T options)
        where T : ClientOptions
    {
        options.Retry.MaxRetries = 3;
        options.Retry.Delay = TimeSpan.FromSeconds(0.4);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(5);
        return options;
    }

    private static Uri Required(IConfigurationSection section, string name) =>
        section[name] is { Length: > 0 } uri ? new Uri(uri) : throw new InvalidOperationException(
            $"no storage is configured: set {HostConnection} to a connection string, or {HostConnection}__{name} and its siblings");
}
