using Crowsnest.Core.Rules;

namespace Crowsnest.Functions.Pages.Content;

/// <summary>What the rules cover.</summary>
/// <param name="Rules">The rules in use, and the correlations.</param>
/// <param name="Blind">Titles of rules that are blind somewhere: on which clusters, and why.</param>
public sealed record CoverageModel(RuleSet Rules, ILookup<string, (string Cluster, string Why)> Blind)
{
    /// <summary>The techniques of a tactic with the rules that look for them, by id.</summary>
    internal IEnumerable<(string Technique, IReadOnlyList<SigmaRule> Rules)> Of(string tactic) => Rules.Rules
        .Where(rule => rule.Tactics.Contains(tactic))
        .SelectMany(static rule => rule.Techniques.DefaultIfEmpty(""), static (rule, technique) => (Rule: rule, Technique: technique))
        .Where(pair => AttackCatalogue.Tactics(pair.Technique) is var all && (all.Count == 0 || all.Contains(tactic)))
        .GroupBy(static pair => pair.Technique, static pair => pair.Rule)
        .OrderBy(static group => group.Key, StringComparer.Ordinal)
        .Select(static group => (group.Key, (IReadOnlyList<SigmaRule>)[.. group]));
}
