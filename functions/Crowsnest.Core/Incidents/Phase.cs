using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>A step of an attack: findings of one tactic that follow each other.</summary>
/// <param name="Tactic">ATT&amp;CK tactic, for example <c>credential-access</c>.</param>
/// <param name="From">Time of the first finding, UTC.</param>
/// <param name="To">Time of the last finding, UTC.</param>
/// <param name="Severity">Severity of the worst finding.</param>
/// <param name="Title">Title of the worst finding.</param>
/// <param name="Techniques">ATT&amp;CK techniques, in order of appearance.</param>
public sealed record Phase(
    string Tactic,
    DateTimeOffset From,
    DateTimeOffset To,
    Severity Severity,
    string Title,
    IReadOnlyList<string> Techniques);
