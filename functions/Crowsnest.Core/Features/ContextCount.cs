namespace Crowsnest.Core.Features;

/// <summary>The totals of one context.</summary>
/// <param name="Total">Sum over its values of the distinct hours in which each occurred.</param>
/// <param name="Values">How many distinct values it has had.</param>
/// <param name="Hours">Distinct hours in which it was active.</param>
public readonly record struct ContextCount(int Total, int Values, int Hours);
