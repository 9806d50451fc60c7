namespace Crowsnest.Functions.Invocation;

/// <summary>
/// What the host expects. Never an empty body: the host would wait for its timeout. Outputs stay empty: we write to storage
/// ourselves, because the host takes text outputs that look like base64 apart.
/// </summary>
internal sealed record InvocationResponse(
    IReadOnlyDictionary<string, string> Outputs,
    IReadOnlyList<string> Logs,
    string? ReturnValue)
{
    internal static InvocationResponse Done(params string[] logs) => new(new Dictionary<string, string>(), logs, null);
}
