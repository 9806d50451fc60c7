namespace Crowsnest.Core.Alerting;

/// <summary>A cluster's feed in a digest.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Records">Records that came in.</param>
/// <param name="Duplicates">Those that had come before.</param>
/// <param name="Salvaged">Those that the platform had cut.</param>
/// <param name="LastArrival">When the last came, UTC; null when none did.</param>
/// <param name="LagSeconds">Median time from event to arrival; null when nothing can be said.</param>
/// <param name="Canary">How the canary fares, or empty.</param>
/// <param name="PerHour">Records by hour, the oldest first.</param>
/// <param name="Blind">Rules that see nothing, or not all, of what they look for: why, and their titles.</param>
public sealed record DigestFeed(
    string Cluster,
    long Records,
    long Duplicates,
    long Salvaged,
    DateTimeOffset? LastArrival,
    double? LagSeconds,
    string Canary,
    IReadOnlyList<long> PerHour,
    IReadOnlyList<(string Why, IReadOnlyList<string> Rules)> Blind)
{
    /// <summary>The largest part of it that the rules could do without, or null when nothing stands out.</summary>
    public DigestSaving? Saving { get; init; }
}
