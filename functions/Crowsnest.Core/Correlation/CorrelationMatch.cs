using Crowsnest.Core.Activity;

namespace Crowsnest.Core.Correlation;

/// <summary>A window in which a correlation holds.</summary>
/// <param name="Time">Event time at which it came to hold.</param>
/// <param name="Cells">What it was found in.</param>
/// <param name="Count">The largest count.</param>
/// <param name="Usual">The count that is usual.</param>
internal sealed record CorrelationMatch(DateTimeOffset Time, IReadOnlyList<ActivityCell> Cells, double Count, double Usual)
{
    internal CorrelationMatch With(CorrelationMatch next) =>
        this with { Cells = [.. Cells.Union(next.Cells)], Count = Math.Max(Count, next.Count) };
}
