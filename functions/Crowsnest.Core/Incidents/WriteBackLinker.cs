using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Incidents;

/// <summary>
/// Links what controllers did to the write that they answered: the privileged pods of a privileged Deployment are one
/// detection, not two. The result depends on the set of detections only.
/// </summary>
public static class WriteBackLinker
{
    // A DaemonSet on a thousand nodes is written back a thousand times; a reader needs some of them.
    private const int MostLinks = 50;

    // Clocks of API servers differ a little, and an answer may seem to come first.
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    /// <summary>Key by which a write-back finds its origin: the same finding about the same workload.</summary>
    public static string Key(Detection detection, string workload) =>
        ContentId.Of("echo", detection.Cluster, detection.Rule.Id, workload);

    /// <summary>
    /// Adds the requests and evidence of write-backs to the latest detection before them that they can be a write-back of. Write-backs of
    /// none stay as they are.
    /// </summary>
    public static IReadOnlyList<Detection> Link(IEnumerable<Detection> detections)
    {
        List<Detection> all = [.. detections.DistinctBy(static d => d.Id)];
        ILookup<string, Detection> origins = all.Where(static d => !d.IsWriteBack)
            .SelectMany(static d => d.Workloads.Select(workload => (Key: Key(d, workload), Detection: d)))
            .ToLookup(static pair => pair.Key, static pair => pair.Detection);
        ILookup<string?, Detection> writeBacks = all.Where(static d => d.IsWriteBack)
            .ToLookup(writeBack => OriginOf(writeBack, origins)?.Id);
        return
        [
            .. all.Where(static d => !d.IsWriteBack)
                .Select(origin => writeBacks.Contains(origin.Id) ? With(origin, writeBacks[origin.Id]) : origin),
            .. writeBacks[null],
        ];
    }

    private static Detection? OriginOf(Detection writeBack, ILookup<string, Detection> origins) => writeBack.Workloads
        .SelectMany(workload => origins[Key(writeBack, workload)])
        .Where(origin => origin.Time <= writeBack.Time + Skew)
        .MaxBy(static origin => (origin.Time, origin.Id));

    private static Detection With(Detection origin, IEnumerable<Detection> writeBacks)
    {
        List<Detection> first =
            [.. writeBacks.OrderBy(static d => d.Time).ThenBy(static d => d.Id, StringComparer.Ordinal).Take(MostLinks)];
        return origin with
        {
            AuditIds = [.. origin.AuditIds.Concat(first.SelectMany(static d => d.AuditIds)).Distinct()],
            Evidence = [.. origin.Evidence.Concat(first.SelectMany(static d => d.Evidence)).Distinct()],
        };
    }
}
