using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crowsnest.Core.Tests.Rules.Mutations;

/// <summary>Writes audit events in ways that mean the same to the API server.</summary>
/// <param name="random">Makes the choices.</param>
/// <param name="kinds">What to do.</param>
internal sealed class EventMutator(Random random, IReadOnlySet<MutationKind> kinds)
{
    private const int PaddingLength = 20_000;
    private const int DecoyDepth = 400;

    private const string HarmlessPod = """{"containers":[{"name":"quiet","image":"registry.example.org/quiet:1.0"}]}""";

    // Judged item by item: what stands before an item takes nothing from it.
    private static readonly Dictionary<string, string> HarmlessItems = new()
    {
        ["containers"] = """{"name":"quiet","image":"registry.example.org/quiet:1.0"}""",
        ["rules"] = """{"apiGroups":[""],"resources":["bindings"],"verbs":["get"]}""",
        ["volumes"] = """{"name":"quiet","emptyDir":{}}""",
    };

    /// <summary>Writes an event anew.</summary>
    internal string Mutate(string json)
    {
        JsonObject audit = JsonNode.Parse(json)!.AsObject();
        if (kinds.Contains(MutationKind.Uri) && (string?)audit["requestURI"] is { Length: > 0 } uri)
        {
            audit["requestURI"] = Encoded(uri);
        }

        if (audit["requestObject"] is JsonObject body)
        {
            ChangeBody(body);
        }

        if (kinds.Contains(MutationKind.Padding))
        {
            audit["annotations"] ??= new JsonObject();
            audit["annotations"]!["example.org/padding"] = new string('p', PaddingLength);
        }

        StringBuilder text = new();
        Write(text, audit, isBody: false);
        return text.ToString();
    }

    private void ChangeBody(JsonObject body)
    {
        if (kinds.Contains(MutationKind.Padding) && body["metadata"] is JsonObject metadata)
        {
            metadata["annotations"] ??= new JsonObject();
            metadata["annotations"]!["example.org/padding"] = new string('p', PaddingLength);
        }

        if (kinds.Contains(MutationKind.DecoyTemplates))
        {
            // Where the kind has it, it is the real one.
            foreach ((string name, string decoy) in new[]
            {
                ("template", $"{{\"spec\":{HarmlessPod}}}"),
                ("jobTemplate", $"{{\"spec\":{{\"template\":{{\"spec\":{HarmlessPod}}}}}}}"),
            })
            {
                body.TryAdd(name, JsonNode.Parse(decoy));
            }
        }

        if (kinds.Contains(MutationKind.Neighbours))
        {
            AddNeighbours(body);
        }
    }

    private static void AddNeighbours(JsonNode? node)
    {
        if (node is JsonObject members)
        {
            foreach ((string name, JsonNode? value) in members.ToArray())
            {
                AddNeighbours(value);
                if (value is JsonArray { Count: > 0 } items && items[0] is JsonObject && HarmlessItems.TryGetValue(name, out string? harmless))
                {
                    items.Insert(0, JsonNode.Parse(harmless));
                }
            }
        }
        else if (node is JsonArray items)
        {
            foreach (JsonNode? item in items)
            {
                AddNeighbours(item);
            }
        }
    }

    private void Write(StringBuilder text, JsonNode? node, bool isBody)
    {
        switch (node)
        {
            case JsonObject members:
                WriteMembers(text, members, isBody);
                break;
            case JsonArray items:
                text.Append('[');
                for (int i = 0; i < items.Count; i++)
                {
                    text.Append(i > 0 ? "," : "");
                    Blank(text);
                    Write(text, items[i], isBody);
                }

                text.Append(']');
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                Text(text, value.GetValue<string>(), isBody);
                break;
            default:
                text.Append(node?.ToJsonString() ?? "null");
                break;
        }
    }

    private void WriteMembers(StringBuilder text, JsonObject members, bool isBody)
    {
        KeyValuePair<string, JsonNode?>[] ordered = [.. members];
        if (kinds.Contains(MutationKind.Order))
        {
            random.Shuffle(ordered);
        }

        text.Append('{');
        string separator = "";
        if (isBody && kinds.Contains(MutationKind.UnknownMembers))
        {
            text.Append($"\"x-unknown\":{new string('[', DecoyDepth)}{new string(']', DecoyDepth)}");
            separator = ",";
        }

        foreach ((string name, JsonNode? value) in ordered)
        {
            if (isBody && kinds.Contains(MutationKind.Duplicates) && Harmless(value) is { } harmless)
            {
                text.Append(separator);
                Name(text, name, isBody);
                text.Append(harmless);
                separator = ",";
            }

            text.Append(separator);
            Name(text, name, isBody);
            Write(text, value, isBody || name == "requestObject");
            separator = ",";
        }

        Blank(text);
        text.Append('}');
    }

    // Objects that come twice are merged by some readers; only what is replaced as a whole is sure.
    private static string? Harmless(JsonNode? value) => value?.GetValueKind() switch
    {
        JsonValueKind.True => "false",
        JsonValueKind.False => "true",
        JsonValueKind.String => "\"quiet\"",
        JsonValueKind.Number => "7",
        _ => null,
    };

    private void Name(StringBuilder text, string name, bool isBody)
    {
        Blank(text);
        Text(text, name, isBody);
        Blank(text);
        text.Append(':');
        Blank(text);
    }

    private void Blank(StringBuilder text)
    {
        if (kinds.Contains(MutationKind.Blanks))
        {
            text.Append(" \t\r\n"[random.Next(4)]);
        }
    }

    // The event is written by the API server, which escapes no letters. A patch in it is as the client wrote it.
    private void Text(StringBuilder text, string value, bool isBody)
    {
        if (!isBody || !kinds.Contains(MutationKind.Escapes) || value.Length > PaddingLength / 2)
        {
            text.Append(JsonSerializer.Serialize(value));
            return;
        }

        text.Append('"');
        foreach (char letter in value)
        {
            text.Append(random.Next(3) == 0 ? $"\\u{(int)letter:X4}" : JsonSerializer.Serialize(letter)[1..^1]);
        }

        text.Append('"');
    }

    private string Encoded(string uri)
    {
        StringBuilder text = new();
        foreach (char letter in uri)
        {
            text.Append(char.IsAsciiLetterOrDigit(letter) && random.Next(4) == 0 && !FollowsPercent(text) ? $"%{(int)letter:X2}" : letter);
        }

        return text.Append(uri.Contains('?', StringComparison.Ordinal) ? "&" : "?").Append("x-unknown=1").ToString();
    }

    private static bool FollowsPercent(StringBuilder text) =>
        (text.Length > 0 && text[^1] == '%') || (text.Length > 1 && text[^2] == '%');
}
