namespace Crowsnest.Azure.Storage;

/// <summary>A body that was posted and waits to be judged.</summary>
/// <param name="Name">Its name: the cluster and the hash of its content.</param>
/// <param name="Cluster">The cluster that it was posted for.</param>
/// <param name="Arrival">When it came first, UTC.</param>
/// <param name="Content">What was posted.</param>
public sealed record WebhookBody(string Name, string Cluster, DateTimeOffset Arrival, BinaryData Content);
