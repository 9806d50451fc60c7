using Crowsnest.Azure.Investigation;

namespace Crowsnest.Functions.Pages.Explore;

/// <summary>A question to the archive, and its answer.</summary>
/// <param name="Kind">Which question; empty for none yet.</param>
/// <param name="Report">The answer; null when there is none.</param>
/// <param name="Problem">Why there is none, or empty.</param>
/// <param name="Seconds">How long it took.</param>
public sealed record ExploreModel(string Kind, Report? Report, string Problem, double Seconds);
