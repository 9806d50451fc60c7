using System.Collections.Concurrent;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Incidents;

/// <summary>Finds incidents of all clusters, the newest first.</summary>
public sealed class IncidentIndex(IncidentTable incidents, CaseTable cases, TimeProvider clock) : IDisposable
{
    private const int MostAtOnce = 16;

    // Which days there are is a walk through the keys of all rows.
    private static readonly TimeSpan DaysStay = TimeSpan.FromSeconds(20);

    // A list may be so old. What changes on days that are over are late findings; what people do about incidents is always read anew.
    private static readonly TimeSpan TodayStays = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan OlderStay = TimeSpan.FromMinutes(1);

    // Of an incident its row is kept, which is at most 64 KB and mostly a tenth of that.
    private const int MostKept = 20_000;

    private readonly ConcurrentDictionary<(string Cluster, DateOnly Day), DayRead> _kept = new();
    private int _count;
    private readonly SemaphoreSlim _one = new(1);
    private (DateTimeOffset At, IReadOnlyList<(string Cluster, DateOnly Day)> Days)? _days;

    public void Dispose() => _one.Dispose();

    /// <summary>The clusters that have incidents.</summary>
    public async Task<IReadOnlyList<string>> ClustersAsync(CancellationToken cancellationToken) =>
        [
            .. (await DaysAsync(cancellationToken)).Select(static day => day.Cluster)
                .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];

    /// <summary>A page of the incidents that a filter takes, by the time of their last finding, the latest first.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="offset">How many are passed over.</param>
    /// <param name="most">How many are wanted at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The page, and whether there are more.</returns>
    public async Task<(IReadOnlyList<ListedIncident> Page, bool HasMore)> FindAsync(
        IncidentFilter filter, int offset, int most, CancellationToken cancellationToken)
    {
        List<ListedIncident> found = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (IGrouping<DateOnly, (string Cluster, DateOnly Day)> day in (await DaysAsync(cancellationToken)).Where(filter.Takes)
            .GroupBy(static day => day.Day).OrderByDescending(static day => day.Key))
        {
            found.AddRange((await ReadAsync([.. day], cancellationToken))
                .Where(one => filter.Takes(one) && seen.Add(one.Incident.Id))
                .OrderByDescending(static one => one.Incident.To).ThenBy(static one => one.Incident.Id, StringComparer.Ordinal));
            if (found.Count > offset + most)
            {
                break;
            }
        }

        return ([.. found.Skip(offset).Take(most)], found.Count > offset + most);
    }

    /// <summary>The incidents of some days of some clusters, each once.</summary>
    public async Task<IReadOnlyList<ListedIncident>> ReadAsync(
        IReadOnlyList<(string Cluster, DateOnly Day)> days, CancellationToken cancellationToken)
    {
        IReadOnlyList<Incident>[] read = new IReadOnlyList<Incident>[days.Count];
        ParallelOptions several = new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, days.Count, several, async (i, cancel) =>
            read[i] = await ReadDayAsync(days[i], cancel));
        List<Incident> all = [.. read.SelectMany(static some => some).DistinctBy(static one => one.Id)];
        List<(string Cluster, DateOnly Day)> begun = [.. all.Select(static one => (one.Cluster, one.Day)).Distinct()];
        IReadOnlyDictionary<string, CaseRecord>[] records = new IReadOnlyDictionary<string, CaseRecord>[begun.Count];
        await Parallel.ForAsync(0, begun.Count, several, async (i, cancel) =>
            records[i] = await cases.ReadAsync(begun[i].Cluster, begun[i].Day, cancel));
        Dictionary<(string, DateOnly), IReadOnlyDictionary<string, CaseRecord>> byDay = [];
        for (int i = 0; i < begun.Count; i++)
        {
            byDay.Add(begun[i], records[i]);
        }

        return
        [
            .. all.Select(one => new ListedIncident(one, byDay[(one.Cluster, one.Day)].GetValueOrDefault(one.Id, CaseRecord.Untouched))),
        ];
    }

    private async Task<IReadOnlyList<Incident>> ReadDayAsync((string Cluster, DateOnly Day) day, CancellationToken cancellationToken)
    {
        DateTimeOffset now = clock.GetUtcNow();
        bool isOver = day.Day < DateOnly.FromDateTime(now.UtcDateTime).AddDays(-1);
        DayRead? kept = _kept.GetValueOrDefault(day);
        if (kept is not null && now - kept.At < (isOver ? OlderStay : TodayStays))
        {
            return kept.Incidents;
        }

        IReadOnlyList<Incident> read = await incidents.ReadAsync(day.Cluster, day.Day, cancellationToken);
        if (Interlocked.Add(ref _count, read.Count - (kept?.Incidents.Count ?? 0)) > MostKept)
        {
            _kept.Clear();
            Interlocked.Exchange(ref _count, read.Count);
        }

        _kept[day] = new DayRead(now, read);
        return read;
    }

    /// <summary>The clusters and days that have incidents; a new day is known within seconds.</summary>
    public async Task<IReadOnlyList<(string Cluster, DateOnly Day)>> DaysAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            DateTimeOffset now = clock.GetUtcNow();
            if (_days is not { } known || now - known.At > DaysStay)
            {
                known = (now, await incidents.ListDaysAsync(cancellationToken));
                _days = known;
            }

            return known.Days;
        }
        finally
        {
            _one.Release();
        }
    }

    private sealed record DayRead(DateTimeOffset At, IReadOnlyList<Incident> Incidents);
}
