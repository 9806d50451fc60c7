namespace Crowsnest.Azure.Storage;

/// <summary>Makes the containers, tables and queues that are missing. In Azure the deployment has made them before.</summary>
public sealed class StorageSetup(StorageClients storage)
{
    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        storage.Archive.CreateIfNotExistsAsync(cancellationToken: cancellationToken),
        storage.Blobs.GetBlobContainerClient(StorageNames.ModelsContainer)
            .CreateIfNotExistsAsync(cancellationToken: cancellationToken),
        storage.Blobs.GetBlobContainerClient(StorageNames.RulesContainer)
            .CreateIfNotExistsAsync(cancellationToken: cancellationToken),
        storage.Tables.CreateTableIfNotExistsAsync(StorageNames.DetectionsTable, cancellationToken),
        storage.Tables.CreateTableIfNotExistsAsync(StorageNames.IncidentsTable, cancellationToken),
        storage.Tables.CreateTableIfNotExistsAsync(StorageNames.ActivityTable, cancellationToken),
        storage.Tables.CreateTableIfNotExistsAsync(StorageNames.SuppressionsTable, cancellationToken),
        storage.Tables.CreateTableIfNotExistsAsync(StorageNames.AlertsTable, cancellationToken),
        storage.Tables.CreateTableIfNotExistsAsync(StorageNames.FeedsTable, cancellationToken),
        storage.Queues.GetQueueClient(StorageNames.AlertsQueue).CreateIfNotExistsAsync(cancellationToken: cancellationToken));
}
