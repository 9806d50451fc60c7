using System.Globalization;
using Azure;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Processor;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Crowsnest.LocalHost.Triggers;

/// <summary>
/// Who reads which partition, and how far, in the blobs that Azure's own store and the Functions host use: empty, named
/// <c>NAMESPACE/HUB/GROUP/checkpoint|ownership/PARTITION</c> in lower case, with everything in their metadata.
/// </summary>
internal sealed class BlobCheckpointStore(BlobContainerClient container) : CheckpointStore
{
    /// <summary>The container that the Functions host uses.</summary>
    internal const string Container = "azure-webjobs-eventhub";

    private const string Owner = "ownerid";
    private const string Offset = "offset";
    private const string SequenceNumber = "sequencenumber";
    private const string Client = "clientidentifier";

    public override async Task<IEnumerable<EventProcessorPartitionOwnership>> ListOwnershipAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup, CancellationToken cancellationToken)
    {
        string folder = Folder(fullyQualifiedNamespace, eventHubName, consumerGroup, "ownership");
        List<EventProcessorPartitionOwnership> found = [];
        await foreach (BlobItem blob in container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, folder, cancellationToken))
        {
            found.Add(new EventProcessorPartitionOwnership
            {
                FullyQualifiedNamespace = fullyQualifiedNamespace,
                EventHubName = eventHubName,
                ConsumerGroup = consumerGroup,
                PartitionId = blob.Name[folder.Length..],
                OwnerIdentifier = blob.Metadata.TryGetValue(Owner, out string? owner) ? owner : "",
                LastModifiedTime = blob.Properties.LastModified.GetValueOrDefault(),
                Version = blob.Properties.ETag.ToString(),
            });
        }

        return found;
    }

    public override async Task<IEnumerable<EventProcessorPartitionOwnership>> ClaimOwnershipAsync(
        IEnumerable<EventProcessorPartitionOwnership> desiredOwnership, CancellationToken cancellationToken)
    {
        List<EventProcessorPartitionOwnership> claimed = [];
        foreach (EventProcessorPartitionOwnership wish in desiredOwnership)
        {
            if (await TryClaimAsync(wish, cancellationToken))
            {
                claimed.Add(wish);
            }
        }

        return claimed;
    }

    public override async Task<EventProcessorCheckpoint?> GetCheckpointAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup, string partitionId, CancellationToken cancellationToken)
    {
        BlobClient blob = container.GetBlobClient(Folder(fullyQualifiedNamespace, eventHubName, consumerGroup, "checkpoint") + partitionId);
        try
        {
            BlobProperties properties = await blob.GetPropertiesAsync(cancellationToken: cancellationToken);
            return PositionOf(properties.Metadata) is not { } position ? null : new EventProcessorCheckpoint
            {
                FullyQualifiedNamespace = fullyQualifiedNamespace,
                EventHubName = eventHubName,
                ConsumerGroup = consumerGroup,
                PartitionId = partitionId,
                StartingPosition = position,
                LastModified = properties.LastModified,
            };
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
    }

    public override async Task UpdateCheckpointAsync(
        string fullyQualifiedNamespace,
        string eventHubName,
        string consumerGroup,
        string partitionId,
        string clientIdentifier,
        CheckpointPosition startingPosition,
        CancellationToken cancellationToken)
    {
        BlobClient blob = container.GetBlobClient(Folder(fullyQualifiedNamespace, eventHubName, consumerGroup, "checkpoint") + partitionId);
        Dictionary<string, string> metadata = new()
        {
            [Offset] = startingPosition.OffsetString ?? "",
            [SequenceNumber] = startingPosition.SequenceNumber == long.MinValue
                ? "" : startingPosition.SequenceNumber.ToString(CultureInfo.InvariantCulture),
            [Client] = clientIdentifier ?? "",
        };
        try
        {
            await blob.SetMetadataAsync(metadata, cancellationToken: cancellationToken);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            await blob.UploadAsync(Nothing(), new BlobUploadOptions { Metadata = metadata }, cancellationToken);
        }
    }

    /// <summary>How far each partition has been dealt with: its sequence number, whoever read it.</summary>
    internal async Task<IReadOnlyDictionary<string, long>> ProgressAsync(
        string fullyQualifiedNamespace, string eventHubName, string consumerGroup, CancellationToken cancellationToken)
    {
        string folder = Folder(fullyQualifiedNamespace, eventHubName, consumerGroup, "checkpoint");
        Dictionary<string, long> progress = [];
        await foreach (BlobItem blob in container.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, folder, cancellationToken))
        {
            if (blob.Metadata.TryGetValue(SequenceNumber, out string? text)
                && long.TryParse(text, CultureInfo.InvariantCulture, out long number))
            {
                progress[blob.Name[folder.Length..]] = number;
            }
        }

        return progress;
    }

    private async Task<bool> TryClaimAsync(EventProcessorPartitionOwnership wish, CancellationToken cancellationToken)
    {
        BlobClient blob = container.GetBlobClient(
            Folder(wish.FullyQualifiedNamespace, wish.EventHubName, wish.ConsumerGroup, "ownership") + wish.PartitionId);
        Dictionary<string, string> metadata = new() { [Owner] = wish.OwnerIdentifier };
        try
        {
            if (wish.Version is { } version)
            {
                BlobRequestConditions unchanged = new() { IfMatch = new ETag(version) };
                BlobInfo set = await blob.SetMetadataAsync(metadata, unchanged, cancellationToken);
                (wish.LastModifiedTime, wish.Version) = (set.LastModified, set.ETag.ToString());
                return true;
            }

            BlobUploadOptions isNew = new() { Metadata = metadata, Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } };
            BlobContentInfo made = await blob.UploadAsync(Nothing(), isNew, cancellationToken);
            (wish.LastModifiedTime, wish.Version) = (made.LastModified, made.ETag.ToString());
            return true;
        }
        catch (RequestFailedException taken) when (taken.Status is 404 or 409 or 412)
        {
            return false;
        }
    }

    private static EventPosition? PositionOf(IDictionary<string, string> metadata) =>
        metadata.TryGetValue(SequenceNumber, out string? number) && long.TryParse(number, CultureInfo.InvariantCulture, out long sequence)
            ? EventPosition.FromSequenceNumber(sequence, isInclusive: false)
            : metadata.TryGetValue(Offset, out string? offset) && offset.Length > 0
                ? EventPosition.FromOffset(offset, isInclusive: false)
                : null;

    // Azure's own store writes these names in lower case, so it must be read in lower case.
#pragma warning disable CA1308
    private static string Folder(string space, string hub, string group, string kind) =>
        $"{space}/{hub}/{group}/{kind}/".ToLowerInvariant();
#pragma warning restore CA1308

    private static MemoryStream Nothing() => new();
}
