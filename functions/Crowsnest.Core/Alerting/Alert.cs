using System.Globalization;
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

    /// <summary>1 for the first alert about the incident; then one more each time it goes a step further.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>The alerts that an incident gives rise to, each with what was known when it was due; none if it deserves none.</summary>
    public static IEnumerable<Alert> For(Incident incident) =>
        NotificationState.Notices(incident).Select(static (notice, i) => Of(notice.Incident, notice.At, i + 1));

    /// <summary>One of an incident's alerts.</summary>
    /// <param name="incident">The incident as it stood.</param>
    /// <param name="at">When the alert was due.</param>
    /// <param name="revision">Which of its alerts it is, from 1.</param>
    internal static Alert Of(Incident incident, DateTimeOffset at, int revision) => new()
    {
        Id = ContentId.Of("alert", incident.Id, revision.ToString(CultureInfo.InvariantCulture)),
        Time = at,
        Cluster = incident.Cluster,
        IncidentId = incident.Id,
        Severity = incident.Severity,
        Title = incident.Title,
        Principal = incident.Lead.Principal,
        AuditIds = [.. incident.Detections.SelectMany(static d => d.AuditIds).Distinct()],
        DetectionIds = [.. incident.Detections.Select(static d => d.Id)],
        Tactics = incident.Tactics,
        Revision = revision,
    };
}
