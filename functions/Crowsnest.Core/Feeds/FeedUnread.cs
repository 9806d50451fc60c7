namespace Crowsnest.Core.Feeds;

/// <summary>How much of a feed came in that is audit, or was to be, and how much of it can't be read.</summary>
/// <param name="Audit">Audit events, cut and repeated ones included. Other categories are no part of it: they would thin it out.</param>
/// <param name="Unread">Records that nobody could read.</param>
/// <param name="Example">One of these, redacted; empty when there is none.</param>
public readonly record struct FeedUnread(long Audit, long Unread, string Example)
{
    /// <summary>Share of what can't be read.</summary>
    public double Share => Unread <= 0 ? 0 : (double)Unread / (Unread + Math.Max(0, Audit));

    public static FeedUnread operator +(FeedUnread left, FeedUnread right) => new(
        left.Audit + right.Audit, left.Unread + right.Unread, string.IsNullOrEmpty(left.Example) ? right.Example : left.Example);

    public static FeedUnread Add(FeedUnread left, FeedUnread right) => left + right;
}
