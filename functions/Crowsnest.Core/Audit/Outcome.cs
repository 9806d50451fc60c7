namespace Crowsnest.Core.Audit;

/// <summary>How a request ended.</summary>
/// <param name="Code">The HTTP status, or 0.</param>
/// <param name="Reason">For example Forbidden; empty for successes.</param>
internal sealed record Outcome(int Code, string Reason)
{
    internal static Outcome None { get; } = new(0, "");
}
