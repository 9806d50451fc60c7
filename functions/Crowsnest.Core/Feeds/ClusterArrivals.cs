using System.Globalization;
using Crowsnest.Core.Intake;

namespace Crowsnest.Core.Feeds;

/// <summary>
/// Finds clusters that no one has announced. With a list, these are the ones that are not on it. Without one they are those that
/// came after the first day of the watch: what sends on the first day is what was set up.
/// </summary>
public sealed class ClusterArrivals
{
    // Anyone who may send to the hub can make up names. More in a day than this are told together.
    private const int MostAlone = 10;
    private const int MostNamed = 8;

    private static readonly TimeSpan FirstDay = TimeSpan.FromDays(1);

    private readonly HashSet<string> _announced;
    private readonly bool _isListed;
    private readonly string _unnamed;

    /// <param name="list">Names of clusters as in alerts, or resource ids; empty when there is no list.</param>
    /// <param name="configured">Clusters that other settings name.</param>
    /// <param name="unnamed">The cluster of records that name none; what is told of many is told of it.</param>
    public ClusterArrivals(IReadOnlyCollection<string> list, IEnumerable<string> configured, string unnamed)
    {
        _isListed = list.Count > 0;
        _unnamed = ClusterName.Sanitize(unnamed);
        _announced = new(
            [.. list.Select(static one => one.StartsWith('/') ? ClusterName.FromResourceId(one) : ClusterName.Sanitize(one)),
                .. configured.Select(ClusterName.Sanitize), _unnamed],
            StringComparer.Ordinal);
    }

    /// <summary>The clusters that are to be told.</summary>
    /// <param name="clusters">All that are known.</param>
    /// <param name="now">The time.</param>
    /// <returns>What is to be told, and the clusters that it tells.</returns>
    public (IReadOnlyList<FeedFault> Faults, IReadOnlyList<string> Told) Judge(
        IReadOnlyCollection<SeenCluster> clusters, DateTimeOffset now)
    {
        DateTimeOffset first = clusters.Select(static one => one.Noted).DefaultIfEmpty(now).Min();
        List<SeenCluster> strangers =
        [
            .. clusters.Where(one => one.Told is null && !_announced.Contains(one.Name) && (_isListed || one.Noted - first > FirstDay))
                .OrderBy(static one => one.Noted).ThenBy(static one => one.Name, StringComparer.Ordinal),
        ];
        int alone = Math.Max(0, MostAlone - clusters.Count(one => now - one.Told < TimeSpan.FromDays(1)));
        List<FeedFault> faults = [.. strangers.Take(alone).Select(one => Fault(one.Name, one.Noted, Words(one)))];
        List<SeenCluster> rest = [.. strangers.Skip(alone)];
        if (rest.Count > 0)
        {
            string more = rest.Count > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {rest.Count - MostNamed} more") : "";
            faults.Add(Fault(_unnamed, now, string.Create(
                CultureInfo.InvariantCulture,
                $"{rest.Count} more clusters that no one has announced send: "
                + $"{string.Join(", ", rest.Take(MostNamed).Select(static one => one.Name))}{more}")));
        }

        return (faults, [.. strangers.Select(static one => one.Name)]);
    }

    // What is filed under a name is one incident, so that more names on a day are no news.
    private static FeedFault Fault(string cluster, DateTimeOffset since, string what) =>
        new(FeedFaultKind.NewCluster, cluster, "clusters", since, what);

    private string Words(SeenCluster one) => string.Create(
        CultureInfo.InvariantCulture,
        $"records of the cluster {one.Name}, which {(_isListed ? "is not on the list of announced clusters" : "never sent before")}, "
        + $"came in first at {one.Noted.UtcDateTime:yyyy-MM-dd HH:mm} UTC or in the minutes before");
}
