using System.Globalization;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Core.Alerting;

/// <summary>The alert that tells of incidents of a cluster's first days together.</summary>
public static class FirstDaysAlert
{
    private const int MostKinds = 3;

    /// <summary>All alerts that incidents give rise to, those of first days put together.</summary>
    /// <param name="incidents">The incidents.</param>
    /// <param name="clusters">The first days of clusters that are new.</param>
    public static IEnumerable<Alert> For(IEnumerable<Incident> incidents, IReadOnlyDictionary<string, FirstDays> clusters)
    {
        List<Alert> alerts = [];
        List<(FirstDays Days, int Part, Incident Incident)> held = [];
        foreach (Incident incident in incidents)
        {
            FirstDays? days = clusters.GetValueOrDefault(incident.Cluster);
            int revision = 0;
            foreach ((Incident notice, DateTimeOffset at) in NotificationState.Notices(incident, days))
            {
                revision++;
                if (days is not null && days.Hold(notice, at))
                {
                    held.Add((days, days.PartOf(at), notice));
                }
                else
                {
                    alerts.Add(Alert.Of(notice, at, revision));
                }
            }
        }

        alerts.AddRange(held.GroupBy(static one => (one.Incident.Cluster, one.Part)).Select(static part =>
            Of(part.First().Days, part.Key.Part, [.. part.Select(static one => one.Incident)])));
        return alerts;
    }

    /// <summary>What is said of incidents that are told together, in one line.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="count">How many incidents there are.</param>
    /// <param name="kinds">What leads each.</param>
    internal static string Title(string cluster, int count, IEnumerable<string> kinds)
    {
        List<(string Kind, int Count)> all =
        [
            .. kinds.GroupBy(static kind => kind).Select(static some => (some.Key, some.Count()))
                .OrderByDescending(static some => some.Item2).ThenBy(static some => some.Key, StringComparer.Ordinal),
        ];
        int more = all.Count - MostKinds;
        return $"First days of {cluster}: {Number(count)} incident{(count > 1 ? "s" : "")}: "
            + string.Join(", ", all.Take(MostKinds).Select(static some => $"{Number(some.Count)} × {some.Kind}"))
            + (more > 0 ? $" and {Number(more)} more kind{(more > 1 ? "s" : "")}" : "");
    }

    private static Alert Of(FirstDays days, int part, List<Incident> notices)
    {
        // An incident that went further in the same part is named once, as it stood last.
        List<Incident> told = [.. notices.GroupBy(static one => one.Id).Select(static same => same.Last())];
        string cluster = told[0].Cluster;
        string since = days.Since.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
        return new Alert
        {
            Id = ContentId.Of("first-days", cluster, since, Number(part)),
            Time = days.EndOf(part),
            Cluster = cluster,
            IncidentId = ContentId.Of("first-days", cluster, since),
            Severity = told.Max(static one => one.Severity),
            Title = Title(cluster, told.Count, told.Select(static one => one.Lead.Rule.Title)),
            Principal = "",
            AuditIds = [.. told.SelectMany(static one => one.Detections).SelectMany(static d => d.AuditIds).Distinct()],
            DetectionIds = [.. told.SelectMany(static one => one.Detections).Select(static d => d.Id)],
            Tactics = [.. told.SelectMany(static one => one.Tactics).Distinct()],
            Revision = part,
        };
    }

    private static string Number(int number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
