using System.Text;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Activity;

/// <summary>
/// What is usual for correlations, learned from days past: for each group the median over the days of the largest count in
/// a window, and the groups that were there at all; and which findings a principal or a team gives as a habit. A day without
/// counts as 0: what one bad day brought is not usual.
/// </summary>
public sealed class ActivityHistory
{
    // Who has come and gone in longer than this is anybody's guess. A cluster learns every day; the model that ships knows nobody.
    private static readonly TimeSpan Memory = TimeSpan.FromDays(28);

    private readonly Dictionary<ulong, float> _usual;
    private readonly (DateTimeOffset From, DateTimeOffset To)? _days;

    internal ActivityHistory(Dictionary<ulong, float> usual, (DateTimeOffset From, DateTimeOffset To)? days = null) =>
        (_usual, _days) = (usual, days);

    public static ActivityHistory Empty { get; } = new([]);

    /// <summary>True when nothing was learned: nothing can be called new then.</summary>
    public bool IsEmpty => _usual.Count == 0;

    internal IReadOnlyDictionary<ulong, float> Values => _usual;

    /// <summary>The same, with the days that it was learned from.</summary>
    internal ActivityHistory LearnedOn(DateTimeOffset from, DateTimeOffset to) => new(_usual, (from, to));

    /// <summary>True when it was learned on days near the time, so that what it never saw may be new.</summary>
    internal bool IsOf(DateTimeOffset time) => _days is not { } days || IsNear(days.From, days.To, time);

    internal static bool IsNear(DateTimeOffset from, DateTimeOffset to, DateTimeOffset time) =>
        time >= from - Memory && time <= to + Memory;

    /// <summary>The count that is usual for a group, 0 when it has none.</summary>
    public double UsualOf(CorrelationRule rule, ActivityKey key) => _usual.GetValueOrDefault(Hash(rule, key));

    /// <summary>True when the group was there in the days that were learned from.</summary>
    public bool Knows(CorrelationRule rule, ActivityKey key) => _usual.ContainsKey(Hash(rule, key));

    /// <summary>True when anything with the first fields of the group was.</summary>
    internal bool KnowsContext(CorrelationRule rule, ActivityKey key) => _usual.ContainsKey(ContextHash(rule, key));

    /// <summary>True when the principal, or the team, gives the finding as a habit: it is what they do.</summary>
    public bool IsHabit(string rule, string who) => _usual.ContainsKey(HabitHash(rule, who));

    /// <summary>Learns.</summary>
    /// <param name="log">The activity of the days.</param>
    /// <param name="rules">The correlations.</param>
    /// <param name="days">How many days there were, with activity or without.</param>
    /// <param name="habits">Findings that a principal or a team gives as a habit.</param>
    internal static ActivityHistory Of(
        ActivityLog log, IReadOnlyList<CorrelationRule> rules, int days, IEnumerable<(string Rule, string Who)> habits)
    {
        Dictionary<string, CorrelationRule> byId = rules.ToDictionary(static rule => rule.Reference.Id, StringComparer.Ordinal);
        Dictionary<ulong, Dictionary<long, double>> maxima = [];
        HashSet<ulong> contexts = [];
        foreach (ActivityGroup group in log.Groups)
        {
            if (!byId.TryGetValue(group.Key.Correlation, out CorrelationRule? rule))
            {
                continue;
            }

            // The largest of all clusters: a model is of all of them.
            ulong hash = Hash(rule, group.Key);
            maxima.TryAdd(hash, []);
            contexts.Add(ContextHash(rule, group.Key));
            foreach (long slot in group.All.Keys)
            {
                long day = slot / (24 * 60);
                maxima[hash][day] = Math.Max(maxima[hash].GetValueOrDefault(day), WindowCounter.Count(rule, group.All, slot));
            }
        }

        Dictionary<ulong, float> usual = maxima.ToDictionary(
            static pair => pair.Key, pair => (float)Median(pair.Value.Values, days));
        foreach (ulong context in contexts)
        {
            usual.TryAdd(context, 0);
        }

        foreach ((string rule, string who) in habits)
        {
            usual.TryAdd(HabitHash(rule, who), 0);
        }

        return new ActivityHistory(usual);
    }

    private static ulong HabitHash(string rule, string who) => Hash($"habit\n{rule}\n{who}");

    private static double Median(IEnumerable<double> values, int days)
    {
        double[] sorted = [.. values.OrderDescending()];
        int middle = (days - 1) / 2;
        return middle < sorted.Length ? sorted[middle] : 0;
    }

    private static ulong Hash(CorrelationRule rule, ActivityKey key) => Hash($"{rule.Reference.Id}\n{key.Group}");

    private static ulong ContextHash(CorrelationRule rule, ActivityKey key)
    {
        int last = key.Group.LastIndexOf(ActivityKey.Separator);
        return Hash($"{rule.Reference.Id}\n\n{(last < 0 ? "" : key.Group[..last])}");
    }

    private static ulong Hash(string text) => DistinctSketch.Spread(SpanHash.Of64(Encoding.UTF8.GetBytes(text)));
}
