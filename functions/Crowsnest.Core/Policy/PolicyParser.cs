using System.Text.RegularExpressions;
using Crowsnest.Core.Audit;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Policy;

/// <summary>Reads the YAML of an audit policy as strictly as an API server does, and says where it is wrong.</summary>
internal static partial class PolicyParser
{
    private const int LargestFile = 1024 * 1024;

    // An alias stands for a list that may hold aliases again: what it all comes to is limited.
    private const int MostValues = 200_000;

    private static readonly string[] TopFields = ["apiVersion", "kind", "metadata", "rules", "omitStages", "omitManagedFields"];

    private static readonly string[] RuleFields =
    [
        "level", "users", "userGroups", "verbs", "resources", "namespaces", "nonResourceURLs", "omitStages", "omitManagedFields",
    ];

    private static readonly string[] GroupFields = ["group", "resources", "resourceNames"];

    internal static AuditPolicy Parse(string yaml)
    {
        if (yaml.Length > LargestFile)
        {
            throw new PolicyException($"the file is larger than {LargestFile} characters");
        }

        YamlMappingNode root = Load(yaml);
        Check(root, TopFields, "a policy");
        Need(root, "apiVersion", "audit.k8s.io/v1");
        Need(root, "kind", "Policy");
        int budget = MostValues;
        List<AuditStage> omitted = Stages(root, ref budget);
        bool managed = Truth(root, "omitManagedFields") ?? false;
        List<PolicyRule> rules = [];
        foreach (YamlNode node in Sequence(root, "rules"))
        {
            rules.Add(Rule(Mapping(node, "a rule"), rules.Count + 1, omitted, ref budget));
        }

        return rules.Count > 0 ? new AuditPolicy(rules, omitted, managed)
            : throw new PolicyException("a policy needs at least one rule", root.Start.Line);
    }

    private static YamlMappingNode Load(string yaml)
    {
        YamlStream stream = new();
        try
        {
            stream.Load(new StringReader(yaml));
        }
        catch (YamlException broken)
        {
            throw new PolicyException($"not YAML: {broken.Message}", broken.Start.Line);
        }

        return stream.Documents.Count == 1 ? Mapping(stream.Documents[0].RootNode, "a policy")
            : throw new PolicyException("a file holds one policy");
    }

    private static PolicyRule Rule(YamlMappingNode node, int number, List<AuditStage> omitted, ref int budget)
    {
        Check(node, RuleFields, "a rule");
        long line = node.Start.Line;
        YamlNode level = Child(node, "level") ?? throw new PolicyException($"rule {number} has no level", line);
        List<string> urls = Texts(node, "nonResourceURLs", ref budget);
        List<PolicyResources> resources = [];
        foreach (YamlNode one in Sequence(node, "resources"))
        {
            resources.Add(Resources(Mapping(one, "an entry of resources"), ref budget));
        }

        List<string> namespaces = Texts(node, "namespaces", ref budget);
        if (urls.Count > 0 && (resources.Count > 0 || namespaces.Count > 0))
        {
            throw new PolicyException($"rule {number} names both objects and nonResourceURLs", line);
        }

        if (urls.Find(static url => url != "*" && (!url.StartsWith('/') || url[..^1].Contains('*'))) is { } bad)
        {
            throw new PolicyException($"\"{bad}\" is no path: it begins with a slash, and a star may stand at its end only", line);
        }

        return new PolicyRule(number, line, Level(level))
        {
            Users = Texts(node, "users", ref budget),
            UserGroups = Texts(node, "userGroups", ref budget),
            Verbs = Texts(node, "verbs", ref budget),
            Resources = resources,
            Namespaces = namespaces,
            NonResourceUrls = urls,
            OmitStages = [.. omitted.Union(Stages(node, ref budget))],
            OmitManagedFields = Truth(node, "omitManagedFields"),
        };
    }

    private static PolicyResources Resources(YamlMappingNode node, ref int budget)
    {
        Check(node, GroupFields, "an entry of resources");
        string group = Child(node, "group") is { } named ? Text(named) : "";
        if (group.Length > 0 && !Group().IsMatch(group))
        {
            throw new PolicyException($"\"{group}\" is no API group: give it in lower case and without a version", node.Start.Line);
        }

        List<string> kinds = Texts(node, "resources", ref budget);
        List<string> names = Texts(node, "resourceNames", ref budget);
        return names.Count == 0 || kinds.Count > 0 ? new PolicyResources(group, kinds, names)
            : throw new PolicyException("resourceNames need resources", node.Start.Line);
    }

    private static AuditLevel Level(YamlNode node) => Text(node) switch
    {
        "None" => AuditLevel.None,
        "Metadata" => AuditLevel.Metadata,
        "Request" => AuditLevel.Request,
        "RequestResponse" => AuditLevel.RequestResponse,
        string other => throw new PolicyException(
            $"\"{other}\" is no level: None, Metadata, Request or RequestResponse", node.Start.Line),
    };

    private static List<AuditStage> Stages(YamlMappingNode map, ref int budget)
    {
        List<AuditStage> stages = [];
        foreach (string text in Texts(map, "omitStages", ref budget))
        {
            stages.Add(text switch
            {
                "RequestReceived" => AuditStage.RequestReceived,
                "ResponseStarted" => AuditStage.ResponseStarted,
                "ResponseComplete" => AuditStage.ResponseComplete,
                "Panic" => AuditStage.Panic,
                _ => throw new PolicyException(
                    $"\"{text}\" is no stage: RequestReceived, ResponseStarted, ResponseComplete or Panic", map.Start.Line),
            });
        }

        return stages;
    }

    private static void Need(YamlMappingNode map, string field, string value)
    {
        YamlNode? node = Child(map, field);
        if (node is null || Text(node) != value)
        {
            throw new PolicyException($"{field} must be {value}", node?.Start.Line ?? map.Start.Line);
        }
    }

    private static void Check(YamlMappingNode map, string[] known, string what)
    {
        foreach (YamlNode key in map.Children.Keys)
        {
            if (!known.Contains(Text(key)))
            {
                throw new PolicyException($"{what} has no field \"{Text(key)}\": {string.Join(", ", known)}", key.Start.Line);
            }
        }
    }

    private static YamlNode? Child(YamlMappingNode map, string name) =>
        map.Children.TryGetValue(new YamlScalarNode(name), out YamlNode? child) && !IsNull(child) ? child : null;

    private static bool IsNull(YamlNode node) => node is YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "null" or "~" };

    private static IEnumerable<YamlNode> Sequence(YamlMappingNode map, string name) => Child(map, name) switch
    {
        null => [],
        YamlSequenceNode list => list.Children,
        { } other => throw new PolicyException($"{name} is a list", other.Start.Line),
    };

    private static List<string> Texts(YamlMappingNode map, string name, ref int budget)
    {
        List<string> texts = [.. Sequence(map, name).Select(Text)];
        budget -= texts.Count + 1;
        return budget >= 0 ? texts : throw new PolicyException($"the policy holds more than {MostValues} values", map.Start.Line);
    }

    private static bool? Truth(YamlMappingNode map, string name) => Child(map, name) switch
    {
        null => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" } => true,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "false" } => false,
        { } other => throw new PolicyException($"{name} is true or false", other.Start.Line),
    };

    private static YamlMappingNode Mapping(YamlNode node, string what) =>
        node as YamlMappingNode ?? throw new PolicyException($"{what} is a mapping", node.Start.Line);

    private static string Text(YamlNode node) =>
        (node as YamlScalarNode)?.Value ?? throw new PolicyException("a plain value is expected here", node.Start.Line);

    [GeneratedRegex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$")]
    private static partial Regex Group();
}
