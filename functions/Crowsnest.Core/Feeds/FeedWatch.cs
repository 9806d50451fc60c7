using System.Globalization;

namespace Crowsnest.Core.Feeds;

/// <summary>
/// Judges a feed against its own rhythm. A busy cluster that says nothing for a quarter of an hour is silent; one that
/// sleeps at night is not.
/// </summary>
public static class FeedWatch
{
    // An API server renews leases every few seconds, and the platform delivers within minutes.
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromDays(1);

    // Before a feed is known for some hours, its rhythm is not.
    private static readonly TimeSpan Known = TimeSpan.FromHours(6);
    private static readonly TimeSpan ShortestSilenceOfNew = TimeSpan.FromHours(1);

    private static readonly TimeSpan LagOfConcern = TimeSpan.FromMinutes(15);

    // Room for chance above what is usual.
    private const double TimesUsual = 3;

    // A second diagnostic setting sends everything twice; retries of the platform send a few percent.
    private const double DuplicatesOfConcern = 0.2;
    private const long FewestRecords = 1_000;

    /// <summary>What is wrong.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="hours">The last days of its feed, the hour that is not over included.</param>
    /// <param name="now">The time.</param>
    public static IReadOnlyList<FeedFault> Judge(string cluster, IReadOnlyCollection<FeedHour> hours, DateTimeOffset now)
    {
        List<FeedHour> ordered = [.. hours.OrderBy(static hour => hour.Start)];
        List<FeedFault> faults = [.. Silences(cluster, ordered, now)];
        if (Lag(cluster, ordered) is { } lag)
        {
            faults.Add(lag);
        }

        if (Duplicates(cluster, ordered, now) is { } duplicates)
        {
            faults.Add(duplicates);
        }

        return faults;
    }

    private static IEnumerable<FeedFault> Silences(string cluster, List<FeedHour> hours, DateTimeOffset now)
    {
        List<(string Name, DateTimeOffset Last, TimeSpan Usual, bool IsSilent)> categories = [];
        foreach (string name in hours.SelectMany(static hour => hour.Categories.Keys).Distinct())
        {
            List<FeedSpan> spans = [.. hours.Where(hour => hour.Categories.ContainsKey(name)).Select(hour => hour.Categories[name])];
            DateTimeOffset last = spans[^1].Last;
            TimeSpan usual = UsualGap(spans);
            TimeSpan limit = TimesUsual * usual;
            limit = limit < ShortestSilence ? ShortestSilence : limit > LongestSilence ? LongestSilence : limit;
            if (last - spans[0].First < Known && limit < ShortestSilenceOfNew)
            {
                limit = ShortestSilenceOfNew;
            }

            categories.Add((name, last, usual, now - last > limit));
        }

        var audit = categories.Where(static one => FeedFault.IsAudit(one.Name)).ToList();
        bool isBlind = audit.Count > 0 && audit.All(static one => one.IsSilent);
        if (isBlind)
        {
            var latest = audit.MaxBy(static one => one.Last);
            yield return new FeedFault(FeedFaultKind.Silence, cluster, latest.Name, latest.Last, string.Create(
                CultureInfo.InvariantCulture,
                $"no audit records since {latest.Last.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; "
                + $"the longest pause of a day is usually {Words(latest.Usual)}"));
        }

        // When all of it is silent, one incident is enough.
        foreach ((string name, DateTimeOffset last, TimeSpan usual, _) in categories.Where(one =>
            one.IsSilent && !isBlind && categories.Exists(static other => !other.IsSilent)))
        {
            yield return new FeedFault(FeedFaultKind.CategoryGone, cluster, name, last, string.Create(
                CultureInfo.InvariantCulture,
                $"no records of {name} since {last.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, while others come; "
                + $"the longest pause of a day is usually {Words(usual)}"));
        }
    }

    // The median over days of the longest gap: one outage does not make outages usual.
    private static TimeSpan UsualGap(List<FeedSpan> spans)
    {
        Dictionary<DateOnly, double> longest = [];
        for (int i = 0; i < spans.Count; i++)
        {
            double gap = Math.Max(spans[i].LongestGapSeconds, i == 0 ? 0 : (spans[i].First - spans[i - 1].Last).TotalSeconds);
            DateOnly day = DateOnly.FromDateTime(spans[i].First.UtcDateTime);
            longest[day] = Math.Max(longest.GetValueOrDefault(day), gap);
        }

        double[] ordered = [.. longest.Values.Order()];
        return TimeSpan.FromSeconds(ordered[(ordered.Length - 1) / 2]);
    }

    private static FeedFault? Lag(string cluster, List<FeedHour> hours)
    {
        List<FeedHour> known = [.. hours.Where(static hour => hour.LagSeconds is not null)];
        if (known.Count == 0)
        {
            return null;
        }

        double[] before = [.. known.SkipLast(1).Select(static hour => hour.LagSeconds!.Value).Order()];
        double usual = before.Length == 0 ? 0 : before[before.Length / 2];
        double now = known[^1].LagSeconds!.Value;
        return known[^1] != hours[^1] || now < LagOfConcern.TotalSeconds || now < TimesUsual * usual ? null
            : new FeedFault(FeedFaultKind.Lag, cluster, "lag", DayOf(known[^1].Start), string.Create(
                CultureInfo.InvariantCulture,
                $"events arrive {Words(TimeSpan.FromSeconds(now))} after they happen; {Words(TimeSpan.FromSeconds(usual))} is usual"));
    }

    private static FeedFault? Duplicates(string cluster, List<FeedHour> hours, DateTimeOffset now)
    {
        // Two whole hours: a rebalance of the hub's readers brings a burst of what was read before.
        List<FeedHour> whole = [.. hours.Where(hour => hour.Start.AddHours(1) <= now).TakeLast(2)];
        return whole.Count < 2
            || whole.Exists(static hour => hour.Records < FewestRecords || hour.Duplicates < DuplicatesOfConcern * hour.Records)
            ? null
            : new FeedFault(FeedFaultKind.Duplicates, cluster, "duplicates", DayOf(whole[1].Start), string.Create(
                CultureInfo.InvariantCulture,
                $"{100.0 * whole[1].Duplicates / whole[1].Records:N0} % of {whole[1].Records:N0} records in an hour had come before; "
                + $"is there a second diagnostic setting?"));
    }

    // What lasts is told once a day.
    private static DateTimeOffset DayOf(DateTimeOffset time) => new(time.UtcDateTime.Date, TimeSpan.Zero);

    private static string Words(TimeSpan span) =>
        span.TotalHours >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:N1} hours")
        : span.TotalMinutes >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:N0} minutes")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:N0} seconds");
}
