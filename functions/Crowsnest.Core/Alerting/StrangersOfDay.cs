using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>What unauthenticated sources were found at in a day, told or not.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Findings">How much it was.</param>
/// <param name="Most">The title of what it was most often.</param>
public sealed record StrangersOfDay(string Cluster, int Findings, string Most)
{
    /// <summary>Counts them, or gives null when there were none.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="findings">Rule and principal of each detection. What the model calls odd is left out: of strangers all is.</param>
    public static StrangersOfDay? Of(
        string cluster, IEnumerable<(RuleReference Rule, DetectionSource Source, string Principal)> findings)
    {
        List<string> titles =
        [
            .. findings.Where(static finding => finding.Source != DetectionSource.Model
                    && PrincipalClassifier.Classify(finding.Principal) == PrincipalClass.Anonymous)
                .Select(static finding => finding.Rule.Title),
        ];
        return titles.Count == 0 ? null : new StrangersOfDay(
            cluster,
            titles.Count,
            titles.GroupBy(static title => title).OrderByDescending(static group => group.Count())
                .ThenBy(static group => group.Key, StringComparer.Ordinal).First().Key);
    }
}
