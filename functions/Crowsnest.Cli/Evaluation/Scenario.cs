namespace Crowsnest.Cli.Evaluation;

/// <summary>A recorded attack or hard benign behaviour.</summary>
internal sealed record Scenario(
    string Id,
    string Kind,
    bool Malicious,
    string Set,
    DateTimeOffset Start,
    DateTimeOffset End,
    IReadOnlyList<string> AuditIDs,
    IReadOnlyList<ScenarioTechnique>? Techniques = null,
    IReadOnlyList<IReadOnlyList<string>>? Steps = null)
{
    /// <summary>True for an attack of several phases.</summary>
    internal bool IsChain => Malicious && Kind == "attack-chain";

    /// <summary>When the last phase begins.</summary>
    internal DateTimeOffset LastPhase => Steps is { Count: > 0 } steps
        ? DateTimeOffset.Parse(steps[^1][^1], System.Globalization.CultureInfo.InvariantCulture) : End;
}
