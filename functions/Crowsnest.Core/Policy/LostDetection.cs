using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Policy;

/// <summary>A detection that a policy costs.</summary>
/// <param name="Detection">The detection as it was.</param>
/// <param name="StandIn">What is still found about the same request, or empty when nothing is: it is lost then, else degraded.</param>
public sealed record LostDetection(Detection Detection, string StandIn)
{
    /// <summary>The detections of the first list that the second lacks.</summary>
    public static IReadOnlyList<LostDetection> Between(IReadOnlyList<Detection> before, IReadOnlyList<Detection> after)
    {
        HashSet<string> left = [.. after.Select(static one => one.Id)];
        ILookup<string, string> titles = after.SelectMany(static one => one.AuditIds.Select(id => (Id: id, one.Rule.Title)))
            .ToLookup(static pair => pair.Id, static pair => pair.Title, StringComparer.Ordinal);
        return
        [
            .. before.Where(one => !left.Contains(one.Id)).Select(one => new LostDetection(
                one, one.AuditIds.SelectMany(id => titles[id]).Order(StringComparer.Ordinal).FirstOrDefault() ?? "")),
        ];
    }
}
