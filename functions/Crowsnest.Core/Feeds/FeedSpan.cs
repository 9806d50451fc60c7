namespace Crowsnest.Core.Feeds;

/// <summary>When a log category came in.</summary>
/// <param name="First">First arrival, UTC.</param>
/// <param name="Last">Last arrival, UTC.</param>
/// <param name="LongestGapSeconds">Longest time between two arrivals.</param>
public sealed record FeedSpan(DateTimeOffset First, DateTimeOffset Last, double LongestGapSeconds);
