using System.Globalization;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Features;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// Which incident a detection belongs to: one actor on one UTC day in one cluster. It follows from the detection alone, so
/// however the stream is cut, the same detections make the same incidents.
/// </summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Actor">The principal, or the network of whoever did not authenticate.</param>
/// <param name="Day">Day of the event time.</param>
public sealed record IncidentKey(string Cluster, string Actor, DateOnly Day)
{
    public string Id { get; } = ContentId.Of(Cluster, Actor, Day.ToString("O", CultureInfo.InvariantCulture));

    public static IncidentKey Of(Detection detection)
    {
        string actor = PrincipalClassifier.Classify(detection.Principal) == PrincipalClass.Anonymous
            ? $"{detection.Principal}@{TraitText.Network(detection.SourceIp)}"
            : detection.Principal;
        return new(detection.Cluster, actor, DateOnly.FromDateTime(detection.Time.UtcDateTime));
    }
}
