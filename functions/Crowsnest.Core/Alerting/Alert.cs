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
        NotificationState.Notices(incident).Select(static (notice, i) => new Alert
        {
            Id = ContentId.Of("alert", notice.Incident.Id, (i + 1).ToString(CultureInfo.InvariantCulture)),
            Time = notice.At,
            Cluster = notice.Incident.Cluster,
            IncidentId = notice.Incident.Id,
            Severity = notice.Incident.Severity,
            Title = notice.Incident.Title,
            Principal = notice.Incident.Lead.Principal,
            AuditIds = [.. notice.Incident.Detections.SelectMany(static d => d.AuditIds).Distinct()],
            DetectionIds = [.. notice.Incident.Detections.Select(static d => d.Id)],
            Tactics = notice.Incident.Tactics,
            Revision = i + 1,
        });
}
