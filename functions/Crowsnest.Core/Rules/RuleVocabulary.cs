using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>
/// What rules may say beside the audit schema: names of fields that other pipelines use (aliases), and named lists that a
/// user fills (placeholders such as <c>%allowed_images%</c>). Later files add to earlier ones.
/// </summary>
internal sealed class RuleVocabulary
{
    private readonly Dictionary<string, List<string>> _lists = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _fields = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Field, string Value), (string Field, string Value)> _values = [];

    /// <summary>True when a document holds lists or aliases instead of a rule.</summary>
    internal static bool Is(YamlMappingNode root) => root.Child("lists") is not null || root.Child("aliases") is not null;

    /// <summary>Adds the lists and aliases of a document.</summary>
    /// <exception cref="RuleException">A list is no list, or an alias names a field that is not there.</exception>
    internal void Add(YamlMappingNode root)
    {
        foreach ((YamlNode key, YamlNode value) in Pairs(root.Map("lists")))
        {
            string name = key.Scalar();
            if (!_lists.TryGetValue(name, out List<string>? list))
            {
                _lists.Add(name, list = []);
            }

            list.AddRange(value switch
            {
                YamlSequenceNode items => items.Children.Select(SigmaYaml.Scalar),
                _ when value.IsNull() => [],
                _ => throw new RuleException($"'{name}' is not a list", value.Start.Line),
            });
        }

        YamlMappingNode? aliases = root.Map("aliases");
        foreach ((YamlNode key, YamlNode value) in Pairs(aliases?.Map("fields")))
        {
            _fields[key.Scalar()] = Known(value);
        }

        foreach (YamlNode node in (aliases?.Child("values") as YamlSequenceNode)?.Children ?? [])
        {
            YamlMappingNode alias = node as YamlMappingNode
                ?? throw new RuleException("an alias of a value has field, value and becomes", node.Start.Line);
            YamlMappingNode becomes = alias.Map("becomes")
                ?? throw new RuleException("'becomes' with field and value is missing", node.Start.Line);
            _values[(alias.Text("field"), alias.Text("value").ToUpperInvariant())] =
                (Known(becomes.Child("field") ?? becomes), becomes.Text("value"));
        }
    }

    /// <summary>The field of the audit schema that is meant by the name, or null.</summary>
    internal string? Field(string name) => _fields.GetValueOrDefault(name);

    /// <summary>What is meant by a value of a field, or null when the value means itself.</summary>
    internal (string Field, string Value)? Value(string field, string value) =>
        _values.TryGetValue((field, value.ToUpperInvariant()), out (string, string) meant) ? meant : null;

    /// <summary>The values of a list.</summary>
    /// <exception cref="RuleException">There is no such list.</exception>
    internal IReadOnlyList<string> List(string name) => _lists.TryGetValue(name, out List<string>? list)
        ? list
        : throw new RuleException($"there is no list '{name}'; define it under 'lists:', as lists.yml does");

    private static IEnumerable<KeyValuePair<YamlNode, YamlNode>> Pairs(YamlMappingNode? map) => map is null ? [] : map.Children;

    private static string Known(YamlNode node)
    {
        string name = node.Scalar();
        return FieldCatalogue.Find(name) is not null ? name : throw new RuleException(
            $"the audit schema has no field '{name}'; did you mean '{FieldCatalogue.Nearest(name)}'?", node.Start.Line);
    }
}
