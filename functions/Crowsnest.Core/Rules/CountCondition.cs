namespace Crowsnest.Core.Rules;

/// <summary>The bounds that a count has to keep, all of them.</summary>
/// <param name="Bounds">Operator (gt, gte, lt, lte, eq, neq) and number.</param>
public sealed record CountCondition(IReadOnlyList<(string Operator, double Number)> Bounds)
{
    /// <summary>True when more of the same can never end it: then there is no need to wait for the window's end.</summary>
    public bool IsMonotone => Bounds.All(static bound => bound.Operator is "gt" or "gte");

    /// <summary>True when the count keeps all bounds.</summary>
    /// <param name="count">The count.</param>
    /// <param name="floor">What it has to reach besides.</param>
    public bool Holds(double count, double floor) => count >= floor && Bounds.All(bound => bound.Operator switch
    {
        "gt" => count > bound.Number,
        "gte" => count >= bound.Number,
        "lt" => count < bound.Number,
        "lte" => count <= bound.Number,
        "eq" => Math.Round(count) == bound.Number,
        _ => Math.Round(count) != bound.Number,
    });
}
