namespace Crowsnest.Azure.Alerts;

/// <summary>
/// When an alert that could not be sent is tried again. The queue's own retries last five minutes; a mail server is away for
/// longer at times, and an alert is worth a day of trying.
/// </summary>
internal static class RetrySchedule
{
    private const int MostAttempts = 150;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(30);

    // Whoever waits for an alert at night should have it soon after the server is back.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    // The quota of a mail domain is by the hour.
    private static readonly TimeSpan LongestWish = TimeSpan.FromHours(1);

    /// <summary>The pause before the next try, or null to give up: after about a day.</summary>
    /// <param name="attempt">How often it has been tried in vain, from 1.</param>
    /// <param name="spread">Between 0 and 1: alerts that failed together need not all come back together.</param>
    /// <param name="wish">How long the receiver wants to be left alone; up to an hour it is.</param>
    internal static TimeSpan? After(int attempt, double spread, TimeSpan? wish = null)
    {
        if (attempt >= MostAttempts)
        {
            return null;
        }

        TimeSpan pause = First * Math.Pow(2, Math.Min(attempt - 1, 10));
        TimeSpan own = (pause < Longest ? pause : Longest) * (0.8 + (0.4 * spread));
        TimeSpan asked = wish is { } given && given < LongestWish ? given : wish is null ? TimeSpan.Zero : LongestWish;
        return own > asked ? own : asked + (First * spread);
    }
}
