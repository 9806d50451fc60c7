using System.Collections.Concurrent;
using System.Text.Json;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What actors of a cluster did on some days, and who opened or used what they did. Of a day or month of which several things are wanted
/// all is read at once, instead of a query for each. For one run: it remembers what it has read.
/// </summary>
public sealed class DetectionDays(DetectionTable detections, DetectionLinks links)
{
    // From so many queries on it pays to read a day or a month whole; of fewer most of what is read would not be wanted.
    private const int Many = 10;

    // Days and months that hold more are not read whole: what is wanted of them is read by itself.
    private const int MostRows = 5_000;
    private const int MostText = 16_000_000;

    // Each is a query, unless the day is read whole; an incident of more workloads than this does not need the write-backs of all.
    private const int MostWriteBackRanges = 20;

    private const int MostAtOnce = 16;

    private readonly ConcurrentDictionary<(string Cluster, DateOnly Day), int> _wantedOfDay = new();
    private readonly ConcurrentDictionary<(string Cluster, DateOnly Day), Task<Dictionary<string, List<Detection>>?>> _days = new();
    private readonly ConcurrentDictionary<(string Kind, string Cluster, DateOnly Month), int> _wantedOfMonth = new();
    private readonly ConcurrentDictionary<
        (string Kind, string Cluster, DateOnly Month), Task<ILookup<string, (DateTimeOffset Time, ActorDay Day)>?>> _months = new();

    /// <summary>Says which days will be wanted; what goes on beside them is wanted as often.</summary>
    public void Expect(IEnumerable<ActorDay> wanted)
    {
        foreach (ActorDay one in wanted)
        {
            for (int step = -1; step <= 1; step++)
            {
                _wantedOfDay.AddOrUpdate((one.Cluster, one.Day.AddDays(step)), 1, static (_, count) => count + 1);
            }
        }
    }

    /// <inheritdoc cref="DetectionTable.ReadAsync(ActorDay, CancellationToken)"/>
    public async Task<ActorFindings> ReadAsync(ActorDay key, CancellationToken cancellationToken)
    {
        if (await WholeAsync(key, cancellationToken) is not { } day)
        {
            return await detections.ReadAsync(key, cancellationToken);
        }

        List<Detection> found = day.GetValueOrDefault(key.Id) ?? [];

        // Lesser findings have a limit, and what is beyond it is counted.
        return found.Count < DetectionTable.MostLesser ? new ActorFindings(found, []) : await detections.ReadAsync(key, cancellationToken);
    }

    /// <summary>The incident with what controllers did in answer to its acts.</summary>
    public async Task<Incident> WithWriteBacksAsync(Incident incident, CancellationToken cancellationToken)
    {
        List<Detection>[] found = new List<Detection>[incident.Days.Count];
        ParallelOptions several = new() { MaxDegreeOfParallelism = MostAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, incident.Days.Count, several, async (i, cancel) =>
            found[i] = [.. await ReadLinkedAsync(incident.Days[i], cancel)]);
        Dictionary<string, Detection> linked = found.SelectMany(static some => some)
            .DistinctBy(static d => d.Id).ToDictionary(static d => d.Id, StringComparer.Ordinal);
        return incident with { Detections = [.. incident.Detections.Select(d => linked.GetValueOrDefault(d.Id, d))] };
    }

    // What an actor did on a day, together with what controllers did in answer on the same day.
    private async Task<IReadOnlyList<Detection>> ReadLinkedAsync(ActorDay key, CancellationToken cancellationToken)
    {
        IReadOnlyList<Detection> found = (await ReadAsync(key, cancellationToken)).Detections;

        // The gravest first: of what controllers made in answer to lesser acts a reader needs no list.
        IEnumerable<string> origins = found.OrderByDescending(static d => d.Severity)
            .SelectMany(static d => d.Workloads.Select(workload => WriteBackLinker.Key(d, workload)));
        List<Detection> writeBacks = [];
        foreach (string origin in origins.Distinct().Take(MostWriteBackRanges))
        {
            writeBacks.AddRange(await WholeAsync(key, cancellationToken) is { } day
                ? day.GetValueOrDefault(origin, []).Take(DetectionTable.MostLesser)
                : await detections.ReadWriteBacksAsync(key, origin, cancellationToken));
        }

        return [.. WriteBackLinker.Link([.. found, .. writeBacks]).Where(static d => !d.IsWriteBack)];
    }

    /// <summary>Who opened an identity or pod in a span of time.</summary>
    public Task<IReadOnlyCollection<ActorDay>> OpenersAsync(
        string cluster, string entity, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        LinkedAsync(DetectionLinks.Opened, cluster, entity, from, to, cancellationToken);

    /// <summary>Who used a pod's token in a span of time.</summary>
    public Task<IReadOnlyCollection<ActorDay>> UsersAsync(
        string cluster, string entity, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) =>
        LinkedAsync(DetectionLinks.Used, cluster, entity, from, to, cancellationToken);

    private async Task<IReadOnlyCollection<ActorDay>> LinkedAsync(
        string kind, string cluster, string entity, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        HashSet<ActorDay> found = [];
        DateOnly last = ActorDay.DayOf(to);
        for (DateOnly month = new(from.UtcDateTime.Year, from.UtcDateTime.Month, 1); month <= last; month = month.AddMonths(1))
        {
            found.UnionWith(await WholeAsync(kind, cluster, month, cancellationToken) is { } whole
                ? whole[ContentId.Of(entity)].Where(one => one.Time >= from && one.Time <= to).Select(static one => one.Day)
                : await links.ReadAsync(cluster, month, kind, entity, from, to, cancellationToken));
        }

        return found;
    }

    // Null when it does not pay to read all of it.
    private async ValueTask<Dictionary<string, List<Detection>>?> WholeAsync(ActorDay key, CancellationToken cancellationToken) =>
        _wantedOfDay.AddOrUpdate((key.Cluster, key.Day), 1, static (_, count) => count + 1) < Many ? null
            : await _days.GetOrAdd((key.Cluster, key.Day), day => ReadDayAsync(day.Cluster, day.Day, cancellationToken));

    private async ValueTask<ILookup<string, (DateTimeOffset Time, ActorDay Day)>?> WholeAsync(
        string kind, string cluster, DateOnly month, CancellationToken cancellationToken) =>
        _wantedOfMonth.AddOrUpdate((kind, cluster, month), 1, static (_, count) => count + 1) < Many ? null
            : await _months.GetOrAdd(
                (kind, cluster, month), key => links.TryReadAsync(key.Cluster, key.Month, key.Kind, MostRows, cancellationToken));

    // By actor, or by what it may be a write-back of; null when it holds too much.
    private async Task<Dictionary<string, List<Detection>>?> ReadDayAsync(
        string cluster, DateOnly day, CancellationToken cancellationToken)
    {
        Dictionary<string, List<Detection>> actors = new(StringComparer.Ordinal);
        int rows = 0;
        long text = 0;
        await foreach (TableEntity row in detections.RowsAsync(cluster, day, "", "~", "", ["Json"], cancellationToken))
        {
            string json = row.GetString("Json");
            text += json.Length;
            if (++rows > MostRows || text > MostText)
            {
                return null;
            }

            string actor = DetectionRow.NameOf(row).Split('|')[0];
            if (!actors.TryGetValue(actor, out List<Detection>? found))
            {
                actors.Add(actor, found = []);
            }

            try
            {
                found.Add(JsonSerializer.Deserialize(json, OutputJson.Lines.Detection)!);
            }
            catch (JsonException)
            {
                // It costs the one actor only who is read by itself.
                return null;
            }
        }

        foreach (List<Detection> found in actors.Values)
        {
            found.Sort(static (a, b) => a.Time == b.Time ? string.CompareOrdinal(a.Id, b.Id) : a.Time.CompareTo(b.Time));
        }

        return actors;
    }
}
