using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
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
        QueueClientOptions queueOptions = new() { MessageEncoding = QueueMessageEncoding.None };
        if (!string.IsNullOrEmpty(text))
        {
            Blobs = new BlobServiceClient(text);
            Queues = new QueueServiceClient(text, queueOptions);
            Tables = new TableServiceClient(text);
        }
        else
        {
            IConfigurationSection host = configuration.GetSection(HostConnection);
            TokenCredential credential = Credential(host);
            Blobs = new BlobServiceClient(Required(host, "blobServiceUri"), credential);
            Queues = new QueueServiceClient(Required(host, "queueServiceUri"), credential, queueOptions);
            Tables = new TableServiceClient(Required(host, "tableServiceUri"), credential);
        }

        IConfigurationSection archive = configuration.GetSection(ArchiveConnection);
        BlobServiceClient archiveBlobs = archive["blobServiceUri"] is { Length: > 0 } uri
            ? new BlobServiceClient(new Uri(uri), Credential(archive))
            : string.IsNullOrEmpty(archiveText) ? Blobs : new BlobServiceClient(archiveText);
        Archive = archiveBlobs.GetBlobContainerClient(StorageNames.ArchiveContainer);
    }

    public BlobServiceClient Blobs { get; }

    public QueueServiceClient Queues { get; }

    public TableServiceClient Tables { get; }

    /// <summary>The archive's container.</summary>
    public BlobContainerClient Archive { get; }

    private static ManagedIdentityCredential Credential(IConfigurationSection section) =>
        section["clientId"] is { Length: > 0 } clientId
            ? new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned);

    private static Uri Required(IConfigurationSection section, string name) =>
        section[name] is { Length: > 0 } uri ? new Uri(uri) : throw new InvalidOperationException(
            $"no storage is configured: set {HostConnection} to a connection string, or {HostConnection}__{name} and its siblings");
}
