using Crowsnest.Azure.Storage;

namespace Crowsnest.Functions.Pages.Content;

/// <summary>The models of a cluster, or of the fleet.</summary>
/// <param name="Cluster">The cluster; empty for the fleet, whose model judges clusters that have none of their own.</param>
/// <param name="Clusters">The clusters that there are.</param>
/// <param name="Current">That in use; null while the one that ships judges.</param>
/// <param name="Cards">All that were trained, the oldest first.</param>
public sealed record ModelsModel(
    string Cluster, IReadOnlyList<string> Clusters, ModelPointer? Current, IReadOnlyList<ModelCard> Cards);
