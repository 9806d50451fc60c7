using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>Reads YAML that anyone may have written.</summary>
internal static class SigmaYaml
{
    private const int LargestFile = 1024 * 1024;
    private const int DeepestNesting = 50;

    /// <summary>The documents of a file.</summary>
    /// <exception cref="RuleException">It is no YAML, too large, nests too deep or uses aliases.</exception>
    internal static IReadOnlyList<YamlMappingNode> Load(string yaml)
    {
        if (yaml.Length > LargestFile)
        {
            throw new RuleException($"the file is larger than {LargestFile} characters");
        }

        try
        {
            Check(yaml);
            YamlStream stream = new();
            stream.Load(new StringReader(yaml));
            return [.. stream.Documents.Select(static document => document.RootNode as YamlMappingNode
                ?? throw new RuleException("a rule is a YAML mapping", document.RootNode.Start.Line))];
        }
        catch (YamlException broken)
        {
            throw new RuleException($"not YAML: {broken.Message}", broken.Start.Line);
        }
    }

    internal static YamlNode? Child(this YamlMappingNode map, string name) =>
        map.Children.TryGetValue(new YamlScalarNode(name), out YamlNode? child) ? child : null;

    internal static YamlMappingNode? Map(this YamlMappingNode map, string name) => map.Child(name) as YamlMappingNode;

    internal static string Text(this YamlMappingNode map, string name) => map.Child(name) is { } child ? child.Scalar() : "";

    /// <summary>The values of a list, or the one value.</summary>
    internal static List<string> Texts(this YamlMappingNode map, string name) => map.Child(name) switch
    {
        null => [],
        YamlSequenceNode list => [.. list.Children.Select(Scalar)],
        { } one => [one.Scalar()],
    };

    internal static string Scalar(this YamlNode node) => (node as YamlScalarNode)?.Value
        ?? throw new RuleException("a plain value is expected here", node.Start.Line);

    internal static bool IsNull(this YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "null" or "~" };

    private static void Check(string yaml)
    {
        // An alias can stand for a subtree that doubles at every level; no rule needs one.
        Parser events = new(new StringReader(yaml));
        int depth = 0;
        while (events.MoveNext())
        {
            depth += events.Current!.NestingIncrease;
            if (events.Current is AnchorAlias alias)
            {
                throw new RuleException("YAML aliases are not allowed in rules", alias.Start.Line);
            }

            if (depth > DeepestNesting)
            {
                throw new RuleException($"the file nests deeper than {DeepestNesting}", events.Current.Start.Line);
            }
        }
    }
}
