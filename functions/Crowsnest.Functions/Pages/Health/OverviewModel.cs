using Crowsnest.Azure.Incidents;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;

namespace Crowsnest.Functions.Pages.Health;

/// <summary>What the first page shows.</summary>
/// <param name="Day">The last 24 hours.</param>
/// <param name="Open">How many incidents are open, by severity.</param>
/// <param name="Gravest">The gravest open ones.</param>
/// <param name="Days">The days that are counted, the oldest first.</param>
/// <param name="Clusters">The clusters.</param>
/// <param name="Budget">Alerts that a cluster may give a day.</param>
/// <param name="Rules">How many rules there are.</param>
public sealed record OverviewModel(
    DigestContent Day,
    IReadOnlyDictionary<Severity, int> Open,
    IReadOnlyList<ListedIncident> Gravest,
    IReadOnlyList<DateOnly> Days,
    IReadOnlyList<ClusterDays> Clusters,
    int Budget,
    int Rules);
