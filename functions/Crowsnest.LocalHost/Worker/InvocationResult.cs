namespace Crowsnest.LocalHost.Worker;

/// <summary>How a call of a function ended.</summary>
/// <param name="Succeeded">True when the host would call it a success.</param>
/// <param name="Problem">Why not, else empty.</param>
/// <param name="Logs">What the function itself logged, at Information and above.</param>
internal sealed record InvocationResult(bool Succeeded, string Problem, IReadOnlyList<string> Logs)
{
    internal static InvocationResult Failure(string problem) => new(false, problem, []);
}
