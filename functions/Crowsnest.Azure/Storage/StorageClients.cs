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
        QueueClientOptions queueOptions = Options(
            new QueueClientOptions { MessageEncoding = QueueMessageEncoding.None }, "QueueNotFound", (address, cancel) =>
                Queues!.GetQueueClient(new QueueUriBuilder(address).QueueName).CreateIfNotExistsAsync(cancellationToken: cancel));
        BlobClientOptions blobOptions = Options(
            new BlobClientOptions(),
            "ContainerNotFound",
            (address, cancel) => Container(Blobs!, address).CreateIfNotExistsAsync(cancellationToken: cancel));
        TableClientOptions tableOptions = Options(
            new TableClientOptions(),
            "TableNotFound",
            (address, cancel) =>
                Tables!.CreateTableIfNotExistsAsync(address.Segments[^1].Split('(')[0], cancel));
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

        Archive = ArchiveService(configuration, archiveText).GetBlobContainerClient(StorageNames.ArchiveContainer);
    }

    public BlobServiceClient Blobs { get; }

    public QueueServiceClient Queues { get; }

    public TableServiceClient Tables { get; }

    /// <summary>The archive's container.</summary>
    public BlobContainerClient Archive { get; }

    private BlobServiceClient ArchiveService(IConfiguration configuration, string? text)
    {
        IConfigurationSection archive = configuration.GetSection(ArchiveConnection);
        BlobServiceClient? service = null;
        BlobClientOptions options = Options(
            new BlobClientOptions(),
            "ContainerNotFound",
            (address, cancel) => Container(service!, address).CreateIfNotExistsAsync(cancellationToken: cancel));
        service = archive["blobServiceUri"] is { Length: > 0 } uri
            ? new BlobServiceClient(new Uri(uri), AzureCredential.From(archive), options)
            : string.IsNullOrEmpty(text) ? Blobs : new BlobServiceClient(text, options);
        return service;
    }

    private static BlobContainerClient Container(BlobServiceClient service, Uri address) =>
        service.GetBlobContainerClient(new BlobUriBuilder(address).BlobContainerName);

    // Some seconds of trying: whoever called (the Functions host, an API server) tries again by itself, and must hear in time.
    private static T Options<T>(T options, string missing, Func<Uri, CancellationToken, Task> create)
        where T : ClientOptions
    {
        options.AddPolicy(new CreateMissingPolicy(missing, create), HttpPipelinePosition.PerCall);
        options.AddPolicy(new CountingPolicy(ServiceOf(missing)), HttpPipelinePosition.PerRetry);
        options.Retry.MaxRetries = 3;
        options.Retry.Delay = TimeSpan.FromSeconds(0.4);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(5);
        return options;
    }

    private static string ServiceOf(string missing) => missing switch
    {
        "ContainerNotFound" => "blob",
        "QueueNotFound" => "queue",
        _ => "table",
    };

    private static Uri Required(IConfigurationSection section, string name) =>
        section[name] is { Length: > 0 } uri ? new Uri(uri) : throw new InvalidOperationException(
            $"no storage is configured: set {HostConnection} to a connection string, or {HostConnection}__{name} and its siblings");
}
