using Crowsnest.Azure.Incidents;

namespace Crowsnest.Functions.Pages.Incidents;

/// <summary>A page of incidents.</summary>
/// <param name="Filter">What was asked for.</param>
/// <param name="StateName">The state that was asked for: open, any, or one of the states.</param>
/// <param name="Clusters">The clusters that there are.</param>
/// <param name="Rows">The incidents, the latest first.</param>
/// <param name="Offset">How many came before these.</param>
/// <param name="HasMore">True when there are more.</param>
public sealed record IncidentListModel(
    IncidentFilter Filter,
    string StateName,
    IReadOnlyList<string> Clusters,
    IReadOnlyList<ListedIncident> Rows,
    int Offset,
    bool HasMore)
{
    /// <summary>Rows of a page.</summary>
    public const int PageSize = 50;
}
