using Crowsnest.Learning;

namespace Crowsnest.Azure.Training;

/// <summary>The requests that gave rise to alerts, and where to look for them.</summary>
/// <param name="auditIds">Cluster, day of the detection and auditID of each.</param>
internal sealed class AlertedRequests(IEnumerable<(string Cluster, DateOnly Day, string AuditId)> auditIds)
{
    private readonly Dictionary<string, (HashSet<ulong> Ids, HashSet<DateOnly> Days)> _byCluster = auditIds
        .GroupBy(static one => one.Cluster, StringComparer.Ordinal)
        .ToDictionary(
            static group => group.Key,
            static group => (group.Select(static one => RequestIds.Hash(one.AuditId)).ToHashSet(),
                group.SelectMany(static one => new[] { one.Day.AddDays(-1), one.Day }).ToHashSet()),
            StringComparer.Ordinal);

    /// <summary>
    /// The requests to look for among those of a cluster's day, or null when there are none. Windows of correlations reach back a day
    /// at most.
    /// </summary>
    internal RequestIds? Of(string cluster, DateOnly day) =>
        _byCluster.TryGetValue(cluster, out (HashSet<ulong> Ids, HashSet<DateOnly> Days) known) && known.Days.Contains(day)
            ? new RequestIds(known.Ids) : null;
}
