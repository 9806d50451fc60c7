using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Alerts;

/// <summary>
/// Tells at once, in one alert, what the budget has held back of a cluster: a minute after the first of an hour, and again at the
/// hour's end when there was more. So a flood is a line, and nothing is silent until the next digest. And what came in the parts of a
/// cluster's first days.
/// </summary>
public sealed class AlertSummaries(AlertJournal journal, IAlertQueue queue, TimeProvider clock)
{
    private const int MostAtOnce = 16;

    // What is held back in the same minute is told together.
    private static readonly TimeSpan Collects = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FirstCovers = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Records what was held back, and asks for the summaries that will name it.</summary>
    /// <param name="held">Incidents and the revisions of their alerts. What was recorded today already is passed over.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task HoldAsync(IReadOnlyCollection<(Incident Incident, int Revision)> held, CancellationToken cancellationToken)
    {
        if (held.Count == 0)
        {
            return;
        }

        DateTimeOffset now = clock.GetUtcNow();
        DateTimeOffset hour = new(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        List<JournalEntry> today =
        [
            .. (await journal.ReadAsync(new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero), now.AddTicks(1), cancellationToken))
                .Where(static entry => entry.Kind == JournalKind.OverBudget),
        ];
        HashSet<(string, string, int)> known = [.. today.Select(static entry => (entry.Cluster, entry.Incident, entry.Revision))];
        HashSet<string> asked = [.. today.Where(entry => entry.At >= hour).Select(static entry => entry.Cluster)];
        (Incident Incident, int Revision)[] fresh =
            [.. held.Where(one => !known.Contains((one.Incident.Cluster, one.Incident.Id, one.Revision)))];
        foreach (string cluster in fresh.Select(static one => one.Incident.Cluster).Distinct().Where(cluster => !asked.Contains(cluster)))
        {
            // Asked for before it is recorded: a crash in between asks twice, which is answered once.
            await queue.SendAsync(AlertMessage.Summary(cluster, hour, 1), Collects, cancellationToken);
            await queue.SendAsync(AlertMessage.Summary(cluster, hour, 2), hour + Hour + Collects - now, cancellationToken);
        }

        ParallelOptions several = new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(fresh, several, async (one, cancel) => await journal.WriteAsync(
            new JournalEntry(
                now, JournalKind.OverBudget, one.Incident.Cluster, one.Incident.Id, one.Incident.Day, one.Revision,
                one.Incident.Severity, one.Incident.Title, "", ""),
            cancel));
    }

    /// <summary>Records what waits in a cluster's first days, and asks for the alert that will name it at the end of the part.</summary>
    /// <param name="days">The first days; they begin with an hour.</param>
    /// <param name="held">Incidents and the revisions of their alerts, at least one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task HoldAsync(
        FirstDays days, IReadOnlyCollection<(Incident Incident, int Revision)> held, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        int part = days.PartOf(now);
        string cluster = held.First().Incident.Cluster;
        IReadOnlyList<JournalEntry> known = await OfFirstDaysAsync(cluster, days, part, cancellationToken);
        if (known.Count == 0)
        {
            await queue.SendAsync(
                AlertMessage.OfFirstDays(cluster, days.Since, part), days.EndOf(part) + Collects - now, cancellationToken);
        }

        ParallelOptions several = new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(held, several, async (one, cancel) => await journal.WriteAsync(
            new JournalEntry(
                now, JournalKind.FirstDays, cluster, one.Incident.Id, one.Incident.Day, one.Revision, one.Incident.Severity,
                one.Incident.Title, "", one.Incident.Lead.Rule.Title),
            cancel));
    }

    /// <summary>What a summary says, or null when there is nothing to say.</summary>
    public async Task<AlertContent?> OfAsync(AlertMessage message, CancellationToken cancellationToken)
    {
        if (message.IsOfFirstDays)
        {
            FirstDays days = new(message.Hour, message.Hour);

            // An incident that went further is named once, as it stood last.
            List<HeldIncident> waiting =
            [
                .. (await OfFirstDaysAsync(message.Cluster, days, message.Revision, cancellationToken))
                    .GroupBy(static entry => entry.Incident).Select(static same => same.MaxBy(static entry => entry.Revision)!)
                    .Select(static entry => new HeldIncident(entry.At, entry.Severity, entry.Incident, entry.Title, entry.Detail)),
            ];
            return waiting.Count == 0 ? null
                : HeldAlert.OfFirstDays(message.Cluster, message.Incident, message.Revision, waiting);
        }

        List<HeldIncident> held =
        [
            .. (await journal.ReadAsync(message.Hour, message.Hour + Hour, cancellationToken))
                .Where(entry => entry.Kind == JournalKind.OverBudget && entry.Cluster == message.Cluster)
                .Select(static entry => new HeldIncident(entry.At, entry.Severity, entry.Incident, entry.Title)),
        ];
        if (held.Count == 0)
        {
            return null;
        }

        // By the clock's times, not by what was read when: what is being recorded while the first is sent belongs to the second.
        DateTimeOffset rest = held[0].At + FirstCovers;
        List<HeldIncident> told = held.FindAll(one => one.At < rest == (message.Revision == 1));
        return told.Count == 0 ? null : HeldAlert.Of(message.Cluster, message.Incident, message.Revision, told);
    }

    private async Task<IReadOnlyList<JournalEntry>> OfFirstDaysAsync(
        string cluster, FirstDays days, int part, CancellationToken cancellationToken) =>
    [
        .. (await journal.ReadAsync(days.StartOf(part), days.EndOf(part), cancellationToken))
            .Where(entry => entry.Kind == JournalKind.FirstDays && entry.Cluster == cluster),
    ];
}
