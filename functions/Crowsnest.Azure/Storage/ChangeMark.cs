using Azure;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>Something that CorrelateCluster has to look at.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Bucket">A bucket of activity that has changed, or null.</param>
/// <param name="ActorDay">Detections that have changed, or null.</param>
/// <param name="RowKey">Row of the mark.</param>
/// <param name="ETag">Tells whether it was set again meanwhile.</param>
public sealed record ChangeMark(string Cluster, long? Bucket, ActorDay? ActorDay, string RowKey, ETag ETag);
