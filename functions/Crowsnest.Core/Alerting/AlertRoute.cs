using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>Which alerts a channel gets, and when.</summary>
/// <param name="LowestSeverity">Lesser ones it does not get.</param>
/// <param name="Clusters">The clusters whose alerts it gets; none named for all.</param>
/// <param name="Tactics">It gets alerts with at least one of these ATT&amp;CK tactics; none named for all.</param>
/// <param name="Quiet">The hours in which lesser alerts wait, or null.</param>
public sealed record AlertRoute(
    Severity LowestSeverity,
    IReadOnlyCollection<string> Clusters,
    IReadOnlyCollection<string> Tactics,
    QuietHours? Quiet)
{
    /// <summary>Everything, at once.</summary>
    public static AlertRoute Everything { get; } = new(Severity.Informational, [], [], null);

    /// <summary>True for an alert that the channel gets.</summary>
    public bool Takes(AlertContent alert) =>
        alert.Severity >= LowestSeverity
        && (Clusters.Count == 0 || Clusters.Contains(alert.Cluster))
        && (Tactics.Count == 0 || alert.Tactics.Any(Tactics.Contains));
}
