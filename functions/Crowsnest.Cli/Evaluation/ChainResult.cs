namespace Crowsnest.Cli.Evaluation;

/// <summary>How an attack of several phases came out.</summary>
/// <param name="Id">The scenario.</param>
/// <param name="Incidents">How many incidents hold its attacker's requests; 1 is right.</param>
/// <param name="Named">How many of its phases the largest of them names, in order.</param>
/// <param name="Phases">How many phases it has; the same twice in a row is one.</param>
/// <param name="IsInTime">True when its first alert came before its last phase.</param>
internal sealed record ChainResult(string Id, int Incidents, int Named, int Phases, bool IsInTime);
