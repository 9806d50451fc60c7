using System.Collections.Concurrent;
using System.Text.Json;
using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Output;

namespace Crowsnest.Azure.Storage;

/// <summary>
/// What many actors of a cluster did on the same days, read with one query a day and month instead of several an actor. For one run:
/// it remembers what it has read.
/// </summary>
public sealed class DetectionDays(DetectionTable detections, DetectionLinks links)
{
    // From so many actors on it pays to read the whole day.
    private const int Many = 10;

    // Days and months that hold more are not read whole: what is wanted of them is read by itself.
    private const int MostRows = 5_000;
    private const int MostText = 16_000_000;

    private readonly ConcurrentDictionary<(string Cluster, DateOnly Day), Dictionary<string, List<Detection>>> _days = new();
    private readonly ConcurrentDictionary<(string Cluster, DateOnly Month), Task<ILookup<string, (DateTimeOffset Time, ActorDay Day)>?>>
        _opened = new();

    private bool _readsMonths;

    /// <summary>Reads the days of which much is wanted, and those beside them.</summary>
    public async Task PrepareAsync(IEnumerable<ActorDay> wanted, CancellationToken cancellationToken)
    {
        foreach ((string cluster, DateOnly day) in wanted.GroupBy(static one => (one.Cluster, one.Day))
            .Where(static some => some.Count() >= Many)
            .SelectMany(static some => new[] { -1, 0, 1 }.Select(step => some.Key with { Day = some.Key.Day.AddDays(step) })).Distinct())
        {
            _readsMonths = true;
            if (await ReadDayAsync(cluster, day, cancellationToken) is { } actors)
            {
                _days[(cluster, day)] = actors;
            }
        }
    }

    /// <inheritdoc cref="DetectionTable.ReadAsync(ActorDay, CancellationToken)"/>
    public async Task<ActorFindings> ReadAsync(ActorDay key, CancellationToken cancellationToken)
    {
        if (!_days.TryGetValue((key.Cluster, key.Day), out Dictionary<string, List<Detection>>? day))
        {
            return await detections.ReadAsync(key, cancellationToken);
        }

        List<Detection> found = day.GetValueOrDefault(key.Id) ?? [];

        // Lesser findings have a limit, and what is beyond it is counted.
        return found.Count < DetectionTable.MostLesser ? new ActorFindings(found, []) : await detections.ReadAsync(key, cancellationToken);
    }

    /// <inheritdoc cref="DetectionLinks.OpenersAsync"/>
    public async Task<IReadOnlyList<ActorDay>> OpenersAsync(
        string cluster, string entity, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        if (!_readsMonths)
        {
            return await links.OpenersAsync(cluster, entity, from, to, cancellationToken);
        }

        HashSet<ActorDay> found = [];
        DateOnly last = ActorDay.DayOf(to);
        for (DateOnly month = new(from.UtcDateTime.Year, from.UtcDateTime.Month, 1); month <= last; month = month.AddMonths(1))
        {
            if (await _opened.GetOrAdd(
                    (cluster, month), key => links.TryReadOpenedAsync(key.Cluster, key.Month, MostRows, cancellationToken))
                is not { } opened)
            {
                return await links.OpenersAsync(cluster, entity, from, to, cancellationToken);
            }

            found.UnionWith(opened[ContentId.Of(entity)].Where(one => one.Time >= from && one.Time <= to).Select(static one => one.Day));
        }

        return [.. found];
    }

    // Null when it holds too much.
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

            found.Add(JsonSerializer.Deserialize(json, OutputJson.Lines.Detection)!);
        }

        foreach (List<Detection> found in actors.Values)
        {
            found.Sort(static (a, b) => a.Time == b.Time ? string.CompareOrdinal(a.Id, b.Id) : a.Time.CompareTo(b.Time));
        }

        return actors;
    }
}
