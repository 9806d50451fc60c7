namespace Crowsnest.Azure.Investigation;

/// <summary>What came of trying a rule on the archive.</summary>
/// <param name="From">Event time from which on it was tried, UTC.</param>
/// <param name="To">Event time before which.</param>
/// <param name="IsComplete">False when the time was over before all days were tried.</param>
/// <param name="Requests">Requests that it was tried on.</param>
/// <param name="Matches">How many it matches.</param>
/// <param name="Principals">Of whom they are, the most first.</param>
/// <param name="Examples">Some of them.</param>
public sealed record RuleTrialResult(
    DateTimeOffset From,
    DateTimeOffset To,
    bool IsComplete,
    long Requests,
    int Matches,
    IReadOnlyList<(string Cluster, string Principal, int Matches)> Principals,
    IReadOnlyList<RuleTrialExample> Examples);
