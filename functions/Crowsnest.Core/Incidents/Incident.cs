using System.Text.Json.Serialization;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>What belongs together: the detections of one actor, and of whoever used what that actor opened.</summary>
public sealed record Incident
{
    /// <summary>Follows from the cluster, the first actor and the day it began, so that an incident that grows keeps it.</summary>
    public required string Id { get; init; }

    public required string Cluster { get; init; }

    /// <summary>Who began it.</summary>
    public required string Actor { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>What happened, in one line.</summary>
    public required string Title { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    /// <summary>Distinct ATT&amp;CK tactics in the order in which they were first reached.</summary>
    public required IReadOnlyList<string> Tactics { get; init; }

    /// <summary>The steps in order of time; a tactic that is taken up again is another step.</summary>
    public required IReadOnlyList<Phase> Phases { get; init; }

    /// <summary>Distinct client addresses, in order of appearance.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Distinct actors, in order of appearance.</summary>
    public required IReadOnlyList<string> Actors { get; init; }

    /// <summary>What joins the actors.</summary>
    public required IReadOnlyList<CausalLink> Links { get; init; }

    /// <summary>The detections in order of time.</summary>
    public required IReadOnlyList<Detection> Detections { get; init; }

    /// <summary>Lesser findings of the same actors that are only counted.</summary>
    public IReadOnlyList<OmittedFindings> Omitted { get; init; } = [];

    /// <summary>Where the detections are kept.</summary>
    public required IReadOnlyList<ActorDay> Days { get; init; }

    /// <summary>
    /// Where the parts began, this incident first: each was an incident of its own until they were known to be one.
    /// </summary>
    public required IReadOnlyList<ActorDay> Parts { get; init; }

    /// <summary>When the incident first deserved an alert, or null.</summary>
    public required DateTimeOffset? AlertFrom { get; init; }

    /// <summary>The day on which it began.</summary>
    [JsonIgnore]
    public DateOnly Day => Parts[0].Day;

    /// <summary>The worst detection, the first among equals: its four answers head the alert.</summary>
    public Detection Lead =>
        Detections.MaxBy(static d => (d.Severity, d.Source != DetectionSource.Model, d.Score))!;
}
