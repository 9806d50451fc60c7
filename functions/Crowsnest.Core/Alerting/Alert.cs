using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Core.Alerting;

/// <summary>One notification about an incident.</summary>
public sealed record Alert
{
    public required string Id { get; init; }

    /// <summary>Event time at which the incident first deserved it.</summary>
    public required DateTimeOffset Time { get; init; }

    public required string Cluster { get; init; }

    public required string IncidentId { get; init; }

    public required Severity Severity { get; init; }

    public required string Title { get; init; }

    public required string Principal { get; init; }

    public required IReadOnlyList<string> AuditIds { get; init; }

    public required IReadOnlyList<string> DetectionIds { get; init; }

    public required IReadOnlyList<string> Tactics { get; init; }

    /// <summary>The alert that an incident gives rise to, or null when it does not deserve one.</summary>
    public static Alert? For(Incident incident) => incident.AlertFrom is not { } time ? null : new Alert
    {
        Id = ContentId.Of("alert", incident.Id),
        Time = time,
        Cluster = incident.Cluster,
        IncidentId = incident.Id,
        Severity = incident.Severity,
        Title = incident.Title,
        Principal = incident.Lead.Principal,
        AuditIds = [.. incident.Detections.SelectMany(static d => d.AuditIds).Distinct()],
        DetectionIds = [.. incident.Detections.Select(static d => d.Id)],
        Tactics = incident.Tactics,
    };
}
