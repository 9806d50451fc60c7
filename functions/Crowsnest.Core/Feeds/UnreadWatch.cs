using System.Globalization;

namespace Crowsnest.Core.Feeds;

/// <summary>Judges how much of a feed can't be read, over the last minutes.</summary>
/// <param name="share">More than this share of the records is a fault.</param>
/// <param name="fewest">Fewer unreadable records than this are none, whatever their share.</param>
public sealed class UnreadWatch(double share, int fewest)
{
    /// <summary>How far back is looked: a quiet feed needs its time for enough records to judge by.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromHours(1);

    private const string Subject = "records";

    /// <summary>Judges a feed.</summary>
    /// <param name="pulses">What came in within the window, in any order.</param>
    /// <param name="now">The time.</param>
    /// <param name="known">The spell that is known, or null.</param>
    /// <returns>The spell as it is now, or null when there is none to speak of; equal to the known one when nothing is new.</returns>
    public UnreadSpell? Judge(IReadOnlyCollection<FeedPulse> pulses, DateTimeOffset now, UnreadSpell? known)
    {
        List<FeedPulse> latest = [.. pulses.Where(pulse => now - pulse.LatestArrival < Window)];
        if (Worst(latest) is { } worst)
        {
            DateTimeOffset until = latest.Where(static pulse => pulse.Unread.Unread > 0).Max(static pulse => pulse.LatestArrival);
            return known is { IsOver: false }
                ? known with { Until = until }
                : new UnreadSpell(worst.Since, until, Say(worst), IsOver: false);
        }

        // A feed that comes and goes is one spell, not many.
        return known is null or { IsOver: true } || now - known.Until < Window ? known : known with
        {
            IsOver = true,
            What = string.Create(
                CultureInfo.InvariantCulture,
                $"{known.What}; the last was at {known.Until.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC, the feed has been read since"),
        };
    }

    /// <summary>The fault that a spell is.</summary>
    public static FeedFault FaultOf(string cluster, UnreadSpell spell) =>
        new(FeedFaultKind.Unreadable, cluster, Subject, spell.Since, spell.What);

    // Of the last minute, the last two and so on the span with the largest share: what began a minute ago is seen at once,
    // although all was well before.
    private (DateTimeOffset Since, FeedUnread Sum)? Worst(List<FeedPulse> pulses)
    {
        (DateTimeOffset Since, FeedUnread Sum)? worst = null;
        FeedUnread sum = default;
        DateTimeOffset since = default;
        foreach (IGrouping<long, FeedPulse> minute in pulses
            .GroupBy(static pulse => pulse.LatestArrival.UtcTicks / TimeSpan.TicksPerMinute)
            .OrderByDescending(static minute => minute.Key))
        {
            foreach (FeedPulse pulse in minute.OrderByDescending(static pulse => pulse.LatestArrival))
            {
                sum += pulse.Unread;
                since = pulse.Unread.Unread > 0 ? pulse.LatestArrival : since;
            }

            if (sum.Unread >= fewest && sum.Share > share && (worst is null || sum.Share >= worst.Value.Sum.Share))
            {
                worst = (since, sum);
            }
        }

        return worst;
    }

    private static string Say((DateTimeOffset Since, FeedUnread Sum) worst) => string.Create(
        CultureInfo.InvariantCulture,
        $"{100 * worst.Sum.Share:N0} % of {worst.Sum.Unread + worst.Sum.Audit:N0} records since "
        + $"{worst.Since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC can't be read; for example {worst.Sum.Example}");
}
