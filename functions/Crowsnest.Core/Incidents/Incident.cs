using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>What belongs together: the detections of one actor, in order of time.</summary>
public sealed record Incident
{
    public required string Id { get; init; }

    public required string Cluster { get; init; }

    public required string Actor { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>What happened, in one line.</summary>
    public required string Title { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Distinct ATT&amp;CK tactics in the order in which they were first reached.</summary>
    public required IReadOnlyList<string> Tactics { get; init; }

    /// <summary>Distinct client addresses, in order of appearance.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>The detections in order of time.</summary>
    public required IReadOnlyList<Detection> Detections { get; init; }

    /// <summary>When the incident first deserved an alert, or null.</summary>
    public required DateTimeOffset? AlertFrom { get; init; }

    /// <summary>The worst detection, the first among equals: its four answers head the alert.</summary>
    public Detection Lead =>
        Detections.MaxBy(static d => (d.Severity, d.Source == DetectionSource.Rule, d.Score))!;
}
