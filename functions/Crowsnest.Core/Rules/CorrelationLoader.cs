using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>Loads correlations, each after those that it is made of.</summary>
internal static class CorrelationLoader
{
    internal static IReadOnlyList<CorrelationRule> Load(
        IReadOnlyList<(string File, YamlMappingNode Root)> documents,
        IReadOnlyList<SigmaRule> rules,
        RuleVocabulary vocabulary,
        List<RuleError> errors)
    {
        Dictionary<string, string> ids = new(StringComparer.OrdinalIgnoreCase);
        foreach (SigmaRule rule in rules)
        {
            ids.TryAdd(rule.Reference.Id, rule.Reference.Id);
            if (rule.Name.Length > 0)
            {
                ids.TryAdd(rule.Name, rule.Reference.Id);
            }
        }

        List<CorrelationRule> loaded = [];
        List<(string File, YamlMappingNode Root)> left = [.. documents];
        while (left.Count > 0)
        {
            // Those whose parts are all there; when none is, what is left names itself in a circle or something unknown.
            List<(string File, YamlMappingNode Root)> ready = left.FindAll(document => PartsOf(document.Root).TrueForAll(ids.ContainsKey));
            foreach ((string file, YamlMappingNode root) in ready.Count > 0 ? ready : left)
            {
                RuleSet.Try(file, errors, () =>
                    loaded.Add(Add(CorrelationParser.Parse(root, file, vocabulary, ids.GetValueOrDefault), ids)));
            }

            left = ready.Count > 0 ? [.. left.Except(ready)] : [];
        }

        return loaded;
    }

    private static CorrelationRule Add(CorrelationRule rule, Dictionary<string, string> ids)
    {
        if (!ids.TryAdd(rule.Reference.Id, rule.Reference.Id))
        {
            throw new RuleException($"the id {rule.Reference.Id} is already used by another rule");
        }

        if (rule.Name.Length > 0)
        {
            ids.TryAdd(rule.Name, rule.Reference.Id);
        }

        return rule;
    }

    private static List<string> PartsOf(YamlMappingNode root) => root.Map("correlation")?.Texts("rules") ?? [];
}
