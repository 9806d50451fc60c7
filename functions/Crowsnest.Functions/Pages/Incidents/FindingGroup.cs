using System.Globalization;
using Crowsnest.Core.Detections;

namespace Crowsnest.Functions.Pages.Incidents;

/// <summary>Findings of one rule about one principal from one address: a line of the table.</summary>
/// <param name="Anchor">Its place on the page.</param>
/// <param name="Lead">The gravest of them, the first among equals.</param>
/// <param name="Findings">All, in order of time.</param>
public sealed record FindingGroup(string Anchor, Detection Lead, IReadOnlyList<Detection> Findings)
{
    internal static IReadOnlyList<FindingGroup> Of(IEnumerable<Detection> findings) =>
    [
        .. findings.GroupBy(static d => (d.Rule.Id, d.Rule.Title, d.Principal, d.SourceIp)).Select(static (group, i) => new FindingGroup(
            string.Create(CultureInfo.InvariantCulture, $"f{i + 1}"), group.MaxBy(static d => d.Severity)!, [.. group])),
    ];
}
