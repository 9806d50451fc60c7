using System.Globalization;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// Which incident a detection belongs to: one actor on one UTC day in one cluster. It follows from the detection alone, so
/// however the stream is cut, the same detections make the same incidents.
/// </summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="ActorName">The principal, or the network of whoever did not authenticate.</param>
/// <param name="Day">Day of the event time.</param>
public sealed record IncidentKey(string Cluster, string ActorName, DateOnly Day)
{
    public string Id { get; } = ContentId.Of(Cluster, ActorName, Day.ToString("O", CultureInfo.InvariantCulture));

    public static IncidentKey Of(Detection detection) => new(
        detection.Cluster,
        Actor.Of(detection.Principal, detection.SourceIp),
        DateOnly.FromDateTime(detection.Time.UtcDateTime));
}
