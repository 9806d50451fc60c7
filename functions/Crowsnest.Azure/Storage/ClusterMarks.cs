using Azure;

namespace Crowsnest.Azure.Storage;

/// <summary>What there is to do in a cluster.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Due">The marks whose time has come, the gravest first.</param>
/// <param name="Next">When the next one is due, or null when there is none.</param>
/// <param name="Listed">Tells whether something was marked since; null when the cluster is not listed.</param>
public sealed record ClusterMarks(string Cluster, IReadOnlyList<ChangeMark> Due, DateTimeOffset? Next, ETag? Listed);
