using System.Buffers;
using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Turns a JSON patch (RFC 6902) into the object that it sets, as a merge patch would say it, so that rules read all kinds
/// of patches by the same paths. What is removed becomes null.
/// </summary>
internal static class JsonPatch
{
    private const int DeepestPath = 64;
    private const int MostOperations = 10_000;

    /// <summary>True when the body is a list of patch operations.</summary>
    internal static bool IsPatch(JsonElement body) =>
        body.ValueKind == JsonValueKind.Array
        && body.GetArrayLength() > 0
        && body[0].ValueKind == JsonValueKind.Object
        && body[0].TryGetProperty("op", out _)
        && body[0].TryGetProperty("path", out _);

    /// <summary>The object that the operations set.</summary>
    internal static ReadOnlyMemory<byte> ToObject(JsonElement patch)
    {
        Node root = new();
        int left = MostOperations;
        foreach (JsonElement operation in patch.EnumerateArray())
        {
            if (left-- == 0)
            {
                break;
            }

            if (operation.Text("path") is ['/', ..] path)
            {
                Apply(root, operation, path);
            }
        }

        ArrayBufferWriter<byte> json = new();
        using Utf8JsonWriter writer = new(json, new JsonWriterOptions { SkipValidation = true });
        root.Write(writer);
        writer.Flush();
        return json.WrittenMemory;
    }

    private static void Apply(Node root, JsonElement operation, string path)
    {
        JsonElement? value;
        switch (operation.Text("op"))
        {
            case "add" or "replace" when operation.TryGetProperty("value", out JsonElement given):
                value = given;
                break;
            case "remove":
                value = null;
                break;
            default:
                // "test" changes nothing; what "move" and "copy" bring along is not in the patch.
                return;
        }

        string[] parts = path[1..].Split('/');
        if (parts.Length > DeepestPath)
        {
            return;
        }

        Node node = root;
        foreach (string part in parts)
        {
            node = node.Child(part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal));
        }

        node.Set(value);
    }

    private sealed class Node
    {
        private readonly Dictionary<string, Node> _children = new(StringComparer.Ordinal);
        private JsonElement? _value;
        private bool _isArray;
        private int _appended;

        internal Node Child(string name)
        {
            // A number or a dash is a place in a list; every append is a place of its own.
            bool isPlace = name == "-" || (name.Length is > 0 and < 10 && name.All(char.IsAsciiDigit));
            if (_children.Count == 0)
            {
                _isArray = isPlace;
            }

            string key = name == "-" ? $"-{_appended++}" : name;
            if (!_children.TryGetValue(key, out Node? child))
            {
                _children.Add(key, child = new Node());
            }

            return child;
        }

        internal void Set(JsonElement? value)
        {
            _value = value;
            _children.Clear();
        }

        internal void Write(Utf8JsonWriter writer)
        {
            if (_children.Count == 0)
            {
                WriteValue(writer);
                return;
            }

            if (_isArray)
            {
                writer.WriteStartArray();
                foreach (Node child in _children.Values)
                {
                    child.Write(writer);
                }

                writer.WriteEndArray();
                return;
            }

            writer.WriteStartObject();
            foreach ((string name, Node child) in _children)
            {
                writer.WritePropertyName(name);
                child.Write(writer);
            }

            writer.WriteEndObject();
        }

        private void WriteValue(Utf8JsonWriter writer)
        {
            if (_value is { } value)
            {
                value.WriteTo(writer);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
