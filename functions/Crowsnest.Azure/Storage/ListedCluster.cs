using Azure;

namespace Crowsnest.Azure.Storage;

/// <summary>A cluster that has marks.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="ETag">Tells whether something was marked since.</param>
public sealed record ListedCluster(string Cluster, ETag ETag);
