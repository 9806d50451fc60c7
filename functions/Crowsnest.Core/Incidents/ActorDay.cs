using System.Globalization;
using System.Text.Json.Serialization;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// Where a detection is kept: one actor on one UTC day in one cluster. It follows from the detection alone, so however the
/// stream is cut, the same detections lie in the same place. Incidents are made of them.
/// </summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="ActorName">The principal, or the network of whoever did not authenticate.</param>
/// <param name="Day">Day of the event time.</param>
public sealed record ActorDay(string Cluster, string ActorName, DateOnly Day)
{
    // Worked out each time: a copy with another day must not keep the id of this one.
    [JsonIgnore]
    public string Id => ContentId.Of(Cluster, ActorName, Day.ToString("O", CultureInfo.InvariantCulture));

    public static ActorDay Of(Detection detection) => new(
        detection.Cluster, Actor.Of(detection.Principal, detection.SourceIp), DayOf(detection.Time));

    public static DateOnly DayOf(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);
}
