using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>
/// A Sigma filter: a condition that is added to rules without editing them. How a user tunes what ships.
/// </summary>
/// <param name="File">The filter's file.</param>
/// <param name="Title">What it leaves out.</param>
/// <param name="Rules">Ids or names of the rules, or <c>any</c>.</param>
/// <param name="Matcher">What must hold in addition.</param>
internal sealed record SigmaFilter(string File, string Title, IReadOnlyList<string> Rules, Matcher Matcher)
{
    internal static bool Is(YamlMappingNode root) => root.Child("filter") is not null;

    /// <summary>Reads a filter.</summary>
    /// <exception cref="RuleException">It can't be used.</exception>
    internal static SigmaFilter Parse(YamlMappingNode root, string file, RuleVocabulary vocabulary)
    {
        YamlMappingNode filter = root.Map("filter") ?? throw new RuleException("'filter' is not a mapping");
        List<string> rules = filter.Texts("rules");
        if (rules.Count == 0)
        {
            throw new RuleException("a filter names its rules by id or name, or 'any'", filter.Start.Line);
        }

        Matcher matcher = new SelectionParser(vocabulary, new RuleLinter(file)).Parse(filter, "rules");
        return new SigmaFilter(file, root.Text("title"), rules, matcher);
    }

    /// <summary>True when the filter is about the rule.</summary>
    internal bool AppliesTo(SigmaRule rule) => Rules.Any(name =>
        string.Equals(name, "any", StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, rule.Reference.Id, StringComparison.OrdinalIgnoreCase)
        || (rule.Name.Length > 0 && string.Equals(name, rule.Name, StringComparison.OrdinalIgnoreCase)));
}
