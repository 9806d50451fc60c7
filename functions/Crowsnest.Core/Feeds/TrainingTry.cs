using System.Globalization;

namespace Crowsnest.Core.Feeds;

/// <summary>What came of the last try to train a model. One model judges all clusters.</summary>
/// <param name="Since">When a model was trained last; when it never was, the first try.</param>
/// <param name="Tried">The last try.</param>
/// <param name="Fault">Why there was no model in the end; empty when there was.</param>
public sealed record TrainingTry(DateTimeOffset Since, DateTimeOffset Tried, string Fault)
{
    // A day's training may fall into an outage, and the next one be late.
    private static readonly TimeSpan TooLong = TimeSpan.FromDays(3);

    private const string Subject = "model";

    /// <summary>After a try.</summary>
    /// <param name="before">What is known of the tries before, or null.</param>
    /// <param name="now">The time.</param>
    /// <param name="fault">Why there is no model; empty when there is.</param>
    public static TrainingTry After(TrainingTry? before, DateTimeOffset now, string fault) =>
        new(fault.Length == 0 ? now : before?.Since ?? now, now, fault);

    /// <summary>The fault that it is when no model could be trained for three days; the same as long as it lasts.</summary>
    /// <param name="cluster">The cluster that it is told under.</param>
    /// <param name="now">The time.</param>
    public FeedFault? Judge(string cluster, DateTimeOffset now) =>
        now - Since < TooLong ? null : new FeedFault(FeedFaultKind.Untrained, cluster, Subject, Since, Say());

    /// <summary>In words, for the digest too.</summary>
    public string Say()
    {
        string tried = Fault.Length == 0 ? "it was not tried again since" : $"the last try, {Text(Tried)}: {Fault}";
        return $"no model could be trained since {Text(Since)}; {tried}";
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
