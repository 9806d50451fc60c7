using Crowsnest.Azure;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Incidents;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Functions.Pages.Access;
using Microsoft.Extensions.Options;

namespace Crowsnest.Functions.Pages.Health;

/// <summary>The first page, and that of the feeds.</summary>
internal sealed class HealthPages(
    DayView view,
    IncidentIndex index,
    AlertBudget budget,
    CurrentRules rules,
    IOptions<CrowsnestOptions> options,
    PageWriter writer) : IPageGroup
{
    private const int CountedDays = 7;
    private const int MostGravest = 10;

    // What is older and still open is in the list of incidents.
    private const int OpenDays = 30;

    public IReadOnlyList<ConsolePage> Pages =>
    [
        new("", ConsoleRole.Reader, OverviewAsync),
        new("feeds", ConsoleRole.Reader, async (request, cancel) =>
            await writer.ShowAsync<FeedsPage>(request, "Feeds", await view.GetAsync(cancel))),
    ];

    private async Task<IResult> OverviewAsync(PageRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<(string Cluster, DateOnly Day)> all = await index.DaysAsync(cancellationToken);
        List<DateOnly> days = [.. all.Select(static one => one.Day).Distinct().OrderDescending().Take(OpenDays).Order()];
        IReadOnlyList<ListedIncident> incidents = await index.ReadAsync(
            [.. all.Where(one => days.Contains(one.Day))], cancellationToken);
        List<ListedIncident> open = [.. incidents.Where(static one => one.Case.IsOpen)];
        DigestContent day = await view.GetAsync(cancellationToken);
        List<DateOnly> counted = days[Math.Max(0, days.Count - CountedDays)..];
        List<ClusterDays> clusters = [];
        foreach (string cluster in all.Select(static one => one.Cluster).Concat(day.Feeds.Select(static feed => feed.Cluster))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            List<ListedIncident> own = [.. incidents.Where(one => one.Incident.Cluster == cluster)];
            clusters.Add(new ClusterDays(
                cluster,
                own.Count(static one => one.Case.IsOpen),
                [.. counted.Select(date => own.Count(one => one.Incident.Days.Any(touched => touched.Day == date)))],
                await budget.UsedAsync(cluster, cancellationToken)));
        }

        return await writer.ShowAsync<OverviewPage>(request, "Overview", new OverviewModel(
            day,
            Enum.GetValues<Severity>().OrderDescending().ToDictionary(
                static severity => severity, severity => open.Count(one => one.Incident.Severity == severity)),
            [.. open.OrderByDescending(static one => (one.Incident.Severity, one.Incident.To)).Take(MostGravest)],
            counted,
            clusters,
            options.Value.AlertsPerDay,
            (await rules.GetAsync(cancellationToken)).Rules.Count));
    }
}
