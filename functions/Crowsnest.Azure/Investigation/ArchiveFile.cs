using Crowsnest.Azure.Storage;

namespace Crowsnest.Azure.Investigation;

/// <summary>A file of a cluster's hour.</summary>
/// <param name="Item">The file.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Hour">The hour of event time, UTC.</param>
internal sealed record ArchiveFile(ArchiveItem Item, string Cluster, DateTimeOffset Hour);
