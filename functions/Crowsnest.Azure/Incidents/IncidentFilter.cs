using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Incidents;

/// <summary>Which incidents are wanted. What is null or empty does not matter.</summary>
public sealed record IncidentFilter
{
    public string Cluster { get; init; } = "";

    /// <summary>The lowest severity.</summary>
    public Severity Severity { get; init; }

    /// <summary>An ATT&amp;CK tactic that was reached.</summary>
    public string Tactic { get; init; } = "";

    /// <summary>A part of the name of one of its actors.</summary>
    public string Actor { get; init; } = "";

    /// <summary>A part of its title.</summary>
    public string Text { get; init; } = "";

    /// <summary>First day that it may touch, UTC.</summary>
    public DateOnly? From { get; init; }

    /// <summary>Last day that it may touch, UTC.</summary>
    public DateOnly? To { get; init; }

    /// <summary>Where the work on it stands; null for anywhere.</summary>
    public CaseState? State { get; init; }

    /// <summary>True for those only that nobody has closed.</summary>
    public bool IsOpen { get; init; }

    internal bool Takes((string Cluster, DateOnly Day) day) =>
        (Cluster.Length == 0 || day.Cluster == Cluster) && !(day.Day < From) && !(day.Day > To);

    internal bool Takes(ListedIncident one) =>
        one.Incident.Severity >= Severity
        && (Tactic.Length == 0 || one.Incident.Tactics.Contains(Tactic))
        && (Actor.Length == 0 || one.Incident.Actors.Append(one.Incident.Actor)
            .Any(actor => actor.Contains(Actor, StringComparison.OrdinalIgnoreCase)))
        && (Text.Length == 0 || one.Incident.Title.Contains(Text, StringComparison.OrdinalIgnoreCase))
        && (State is null || one.Case.State == State)
        && (!IsOpen || one.Case.IsOpen);
}
