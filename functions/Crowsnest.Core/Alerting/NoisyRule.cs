using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>A rule that found much in a day.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Title">Its title.</param>
/// <param name="Findings">What it found.</param>
/// <param name="Principals">By how many principals.</param>
/// <param name="Suggestion">What could be done about it.</param>
public sealed record NoisyRule(string Cluster, string Title, int Findings, int Principals, string Suggestion)
{
    // Fewer than this in a day bother nobody.
    private const int FewestFindings = 20;
    private const int MostRules = 5;

    // When one principal makes up most of it, the rest stays worth hearing.
    private const double ShareOfOne = 0.8;

    /// <summary>The rules that found most, of what each found.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="findings">Rule, its title, and principal of each detection.</param>
    /// <param name="suspects">Principals that alerts of the day are about: nobody should be told to hide what these do.</param>
    public static IReadOnlyList<NoisyRule> Of(
        string cluster,
        IEnumerable<(RuleReference Rule, DetectionSource Source, string Principal)> findings,
        IReadOnlySet<string> suspects) =>
    [
        .. findings.GroupBy(static finding =>
            finding.Source == DetectionSource.Model
                ? finding.Rule with { Title = "Anomaly model", Version = "" }
                : finding.Rule)
            .Select(group => (Rule: group.Key, group.First().Source, Principals: group.GroupBy(static finding => finding.Principal)
                .Select(static one => (Principal: one.Key, Count: one.Count())).OrderByDescending(static one => one.Count).ToList()))
            .Select(group => (group.Rule, group.Source, group.Principals, Count: group.Principals.Sum(static one => one.Count)))
            .Where(static group => group.Count >= FewestFindings)
            .OrderByDescending(static group => group.Count).ThenBy(static group => group.Rule.Id, StringComparer.Ordinal).Take(MostRules)
            .Select(group => new NoisyRule(
                cluster,
                group.Rule.Title,
                group.Count,
                group.Principals.Count,
                Suggest(cluster, group.Rule, group.Source, group.Principals[0], group.Count, suspects))),
    ];

    private static string Suggest(
        string cluster,
        RuleReference rule,
        DetectionSource source,
        (string Principal, int Count) most,
        int all,
        IReadOnlySet<string> suspects) =>
        most.Count >= ShareOfOne * all && suspects.Contains(most.Principal)
            ? $"nearly all by {most.Principal}, whom an alert is about: look there first"
        : most.Count >= ShareOfOne * all
            ? "nearly all by one principal; if that is meant: crowsnest suppress add "
                + $"--cluster {SafeText.ShellWord(cluster)} --rule {SafeText.ShellWord(rule.Id)} "
                + $"--principal {SafeText.ShellWord(most.Principal)} --days 30 --author YOU --reason WHY"
        : source == DetectionSource.Model
            ? "answer the alerts that were expected as such: the next training takes them for usual"
        : "by several; a filter of your own takes out what is meant (docs/rules.md), without touching the rule";
}
