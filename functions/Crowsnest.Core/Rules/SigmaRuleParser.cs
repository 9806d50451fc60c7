using System.Collections.Frozen;
using Crowsnest.Core.Detections;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>Reads Sigma rules (specification 2.1, logsource product kubernetes, service audit) from YAML.</summary>
public static class SigmaRuleParser
{
    private const int LargestFile = 1024 * 1024;

    private static readonly FrozenSet<string> KnownModifiers = FrozenSet.ToFrozenSet(
        ["contains", "startswith", "endswith", "all", "re", "i", "m", "s", "cidr", "exists", "cased", "fieldref",
            "gt", "gte", "lt", "lte"]);

    /// <summary>Reads one rule.</summary>
    /// <param name="yaml">The file's text.</param>
    /// <param name="file">The file's name, for messages.</param>
    /// <exception cref="RuleException">The rule can't be used; the message says why and what would be right.</exception>
    public static SigmaRule Parse(string yaml, string file)
    {
        YamlMappingNode root = Load(yaml);
        CheckLogSource(root);
        YamlMappingNode detection = Child(root, "detection") as YamlMappingNode
            ?? throw new RuleException("the rule has no 'detection'");
        Dictionary<string, Matcher> identifiers = new(StringComparer.Ordinal);
        string condition = "";
        foreach ((YamlNode key, YamlNode value) in detection.Children)
        {
            string name = Scalar(key);
            if (name == "condition")
            {
                condition = value is YamlSequenceNode several
                    ? string.Join(" or ", several.Children.Select(static one => $"({Scalar(one)})"))
                    : Scalar(value);
            }
            else if (name != "timeframe")
            {
                identifiers.Add(name, Selection(value));
            }
        }

        string id = Text(root, "id");
        if (!Guid.TryParse(id, out _))
        {
            throw new RuleException("the rule needs an 'id', a UUID");
        }

        string title = Text(root, "title");
        string version = Text(root, "modified") is { Length: > 0 } modified ? modified : Text(root, "date");
        List<string> tags = Texts(root, "tags");
        return new SigmaRule(new RuleReference(id, title, version), ConditionParser.Parse(condition, identifiers))
        {
            Description = Text(root, "description"),
            Severity = Level(Text(root, "level")),
            Tactics = [.. tags.Select(AttackTags.Tactic).OfType<string>().Distinct()],
            Techniques = [.. tags.Select(AttackTags.Technique).OfType<string>().Distinct()],
            FalsePositives = Texts(root, "falsepositives"),
            File = file,
        };
    }

    private static YamlMappingNode Load(string yaml)
    {
        if (yaml.Length > LargestFile)
        {
            throw new RuleException($"the file is larger than {LargestFile} characters");
        }

        try
        {
            // An alias can stand for a subtree that doubles at every level; no rule needs one.
            Parser events = new(new StringReader(yaml));
            while (events.MoveNext())
            {
                if (events.Current is AnchorAlias alias)
                {
                    throw new RuleException("YAML aliases are not allowed in rules", alias.Start.Line);
                }
            }

            YamlStream stream = new();
            stream.Load(new StringReader(yaml));
            return stream.Documents.Count == 1 && stream.Documents[0].RootNode is YamlMappingNode root
                ? root
                : throw new RuleException("a rule file holds one YAML document, a mapping");
        }
        catch (YamlException broken)
        {
            throw new RuleException($"not YAML: {broken.Message}", broken.Start.Line);
        }
    }

    private static void CheckLogSource(YamlMappingNode root)
    {
        YamlMappingNode? source = Child(root, "logsource") as YamlMappingNode;
        if (source is null || Text(source, "product") != "kubernetes" || Text(source, "service") is not ("audit" or ""))
        {
            throw new RuleException("the rule is not for Kubernetes audit logs (logsource product kubernetes, service audit)");
        }
    }

    private static Matcher Selection(YamlNode node) => node switch
    {
        YamlMappingNode map => new AllMatcher([.. map.Children.Select(static pair => FieldTest(pair.Key, pair.Value))]),
        YamlSequenceNode list when list.Children.All(static item => item is YamlScalarNode) =>
            new KeywordMatcher([.. list.Children.Select(Scalar)]),
        YamlSequenceNode list => new AnyMatcher([.. list.Children.Select(Selection)]),
        _ => new KeywordMatcher([Scalar(node)]),
    };

    private static Matcher FieldTest(YamlNode key, YamlNode value)
    {
        try
        {
            string[] parts = Scalar(key).Split('|');
            string[] modifiers = parts[1..];
            foreach (string modifier in modifiers)
            {
                if (!KnownModifiers.Contains(modifier))
                {
                    throw new RuleException($"the modifier '{modifier}' is not known");
                }
            }

            return FieldTest(parts[0], modifiers, value);
        }
        catch (RuleException fault) when (fault.Line == 0)
        {
            throw new RuleException(fault.Message, key.Start.Line);
        }
    }

    private static Matcher FieldTest(string name, string[] modifiers, YamlNode value)
    {
        Field field = FieldCatalogue.Find(name) ?? throw new RuleException(
            $"the audit schema has no field '{name}'; did you mean '{FieldCatalogue.Nearest(name)}'?");
        if (modifiers.Contains("exists"))
        {
            return new PresenceMatcher(field, Scalar(value) is "true" or "True" or "yes");
        }

        List<YamlNode> values = value is YamlSequenceNode list ? [.. list.Children] : [value];
        if (modifiers.Contains("fieldref"))
        {
            return new AnyMatcher([.. values.Select(other => new FieldReferenceMatcher(
                field,
                FieldCatalogue.Find(Scalar(other)) ?? throw new RuleException($"no field '{Scalar(other)}'")))]);
        }

        List<string> texts = [.. values.Where(static node => !IsNull(node)).Select(Scalar)];
        bool plain = modifiers.Length == 0 && texts.TrueForAll(ValueTest.IsLiteral);
        FieldMatcher matcher = new(
            name,
            field,
            [.. texts.Select(text => ValueTest.Compile(text, modifiers))],
            modifiers.Contains("all"),
            plain ? texts.Select(static text => text.ToLowerInvariant()).ToFrozenSet() : null);
        return texts.Count == values.Count ? matcher
            : texts.Count == 0 ? new PresenceMatcher(field, present: false)
            : new AnyMatcher([matcher, new PresenceMatcher(field, present: false)]);
    }

    private static Severity Level(string level) => level switch
    {
        "informational" => Severity.Informational,
        "low" => Severity.Low,
        "medium" => Severity.Medium,
        "high" => Severity.High,
        "critical" => Severity.Critical,
        _ => throw new RuleException($"the level '{level}' is not one of informational, low, medium, high, critical"),
    };

    private static YamlNode? Child(YamlMappingNode map, string name) =>
        map.Children.TryGetValue(new YamlScalarNode(name), out YamlNode? child) ? child : null;

    private static string Text(YamlMappingNode map, string name) => Child(map, name) is { } child ? Scalar(child) : "";

    private static List<string> Texts(YamlMappingNode map, string name) =>
        Child(map, name) is YamlSequenceNode list ? [.. list.Children.Select(Scalar)] : [];

    private static bool IsNull(YamlNode node) =>
        node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "null" or "~" };

    private static string Scalar(YamlNode node) => (node as YamlScalarNode)?.Value
        ?? throw new RuleException("a plain value is expected here", node.Start.Line);
}
