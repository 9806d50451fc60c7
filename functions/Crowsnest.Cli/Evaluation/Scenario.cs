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
    IReadOnlyList<ScenarioTechnique>? Techniques = null);
