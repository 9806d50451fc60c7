namespace Crowsnest.Azure.Compaction;

/// <summary>A cluster's hour of event time: what one file holds.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Hour">The hour.</param>
internal readonly record struct EventPlace(string Cluster, DateTimeOffset Hour);
