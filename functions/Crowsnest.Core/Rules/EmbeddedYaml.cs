using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Crowsnest.Core.Rules;

/// <summary>Reads YAML, and JSON with it, that a body carries as text. Plain values stay texts: rules compare texts.</summary>
internal static class EmbeddedYaml
{
    private const int Longest = 1 << 16;
    private const int Deepest = 32;
    private const int MostNodes = 10_000;

    /// <summary>The object, or null when the text is none, or more than is read.</summary>
    internal static JsonElement? Parse(string text)
    {
        if (text.Length > Longest)
        {
            return null;
        }

        try
        {
            YamlStream stream = [];
            stream.Load(new StringReader(text));
            if (stream.Documents is not [{ RootNode: YamlMappingNode root }, ..])
            {
                return null;
            }

            int left = MostNodes;
            JsonNode? value = Value(root, 0, ref left);
            return left > 0 ? JsonSerializer.SerializeToElement(value) : null;
        }
        catch (YamlException)
        {
            return null;
        }
    }

    // Aliases make much of little: what they stand for is counted each time.
    private static JsonNode? Value(YamlNode node, int depth, ref int left)
    {
        if (depth > Deepest || --left <= 0)
        {
            return null;
        }

        switch (node)
        {
            case YamlMappingNode map:
                JsonObject members = [];
                foreach ((YamlNode key, YamlNode value) in map.Children)
                {
                    members[(key as YamlScalarNode)?.Value ?? ""] = Value(value, depth + 1, ref left);
                }

                return members;
            case YamlSequenceNode list:
                JsonArray items = [];
                foreach (YamlNode item in list.Children)
                {
                    items.Add(Value(item, depth + 1, ref left));
                }

                return items;
            default:
                return (node as YamlScalarNode)?.Value;
        }
    }
}
