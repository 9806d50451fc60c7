using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>Reads the table of behaviours.</summary>
public static class BehaviourCatalogue
{
    private const string Key = "behaviours";

    /// <summary>The behaviours of a file, in the order of their rows.</summary>
    /// <exception cref="RuleException">The file is no such table.</exception>
    public static IReadOnlyList<Behaviour> Read(string yaml)
    {
        IEnumerable<YamlNode> nodes = SigmaYaml.Load(yaml).Select(static root => root.Child(Key)).OfType<YamlSequenceNode>()
            .SelectMany(static list => list.Children);
        return [.. nodes.Select(ReadOne).OrderBy(static behaviour => behaviour.Row)];
    }

    internal static bool Is(YamlMappingNode root) => root.Child(Key) is not null;

    private static Behaviour ReadOne(YamlNode node)
    {
        YamlMappingNode map = node as YamlMappingNode ?? throw new RuleException("a behaviour is a mapping", node.Start.Line);
        (BehaviourService service, string remark) =
            map.Text("correlation") is { Length: > 0 } correlation ? (BehaviourService.Correlation, correlation)
            : map.Text("model") is { Length: > 0 } model ? (BehaviourService.Model, model)
            : map.Text("not-applicable") is { Length: > 0 } reason ? (BehaviourService.NotApplicable, reason)
            : (BehaviourService.Rules, "");
        return int.TryParse(map.Text("row"), NumberStyles.None, CultureInfo.InvariantCulture, out int row)
            ? new Behaviour(row, map.Text("name"), service, remark)
            : throw new RuleException("a behaviour has a 'row', a number", node.Start.Line);
    }
}
