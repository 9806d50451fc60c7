namespace Crowsnest.Core.Feeds;

/// <summary>An hour of a cluster's feed, by arrival.</summary>
/// <param name="Start">The hour, UTC.</param>
/// <param name="Categories">When each log category came in.</param>
/// <param name="Records">Records that came in.</param>
/// <param name="Duplicates">Those of them that had come before within the hour.</param>
/// <param name="Salvaged">Those of them that the platform had cut.</param>
/// <param name="LagSeconds">Median time from event to arrival; null when nothing can be said.</param>
public sealed record FeedHour(
    DateTimeOffset Start,
    IReadOnlyDictionary<string, FeedSpan> Categories,
    long Records,
    long Duplicates,
    long Salvaged,
    double? LagSeconds)
{
    /// <summary>Stands for the category of records that name none: the events of an API server's own webhook.</summary>
    public const string Unnamed = "audit";

    // Older than this, events are a history that is played back, not late.
    private static readonly TimeSpan LongestLag = TimeSpan.FromDays(1);

    /// <summary>The beginning of the hour that a time lies in.</summary>
    public static DateTimeOffset StartOf(DateTimeOffset time) => new(time.UtcDateTime.Date.AddHours(time.UtcDateTime.Hour), TimeSpan.Zero);

    /// <summary>The hour that some batches make up.</summary>
    /// <param name="start">The hour.</param>
    /// <param name="batches">When each batch arrived, its categories, and its latest event.</param>
    /// <param name="records">Records in all of them.</param>
    /// <param name="duplicates">Duplicates among these.</param>
    /// <param name="salvaged">Cut ones among these.</param>
    public static FeedHour Of(
        DateTimeOffset start,
        IEnumerable<(DateTimeOffset Arrived, IReadOnlyCollection<string> Categories, DateTimeOffset? LatestEvent)> batches,
        long records,
        long duplicates,
        long salvaged)
    {
        Dictionary<string, FeedSpan> categories = new(StringComparer.Ordinal);
        List<double> lags = [];
        foreach ((DateTimeOffset arrived, IReadOnlyCollection<string> names, DateTimeOffset? latest) in batches
            .OrderBy(static batch => batch.Arrived))
        {
            foreach (string name in names)
            {
                categories[name] = categories.TryGetValue(name, out FeedSpan? span)
                    ? new FeedSpan(span.First, arrived, Math.Max(span.LongestGapSeconds, (arrived - span.Last).TotalSeconds))
                    : new FeedSpan(arrived, arrived, 0);
            }

            if (latest is { } time && arrived - time < LongestLag)
            {
                lags.Add(Math.Max(0, (arrived - time).TotalSeconds));
            }
        }

        lags.Sort();
        return new FeedHour(start, categories, records, duplicates, salvaged, lags.Count == 0 ? null : lags[lags.Count / 2]);
    }
}
