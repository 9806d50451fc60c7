using System.Text.Json;

namespace Crowsnest.Functions.Invocation;

/// <summary>
/// Reads values as the host writes them: objects as JSON, everything else as a string that holds JSON, strings therefore
/// quoted twice. Versions of the host differ, so every shape is accepted.
/// </summary>
internal static class HostValue
{
    /// <summary>The value as an array; empty when it is none.</summary>
    internal static IReadOnlyList<JsonElement> Array(JsonElement parent, string name)
    {
        JsonElement value = Unwrap(Child(parent, name));
        return value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray()] : [];
    }

    /// <summary>The value as text, unquoted as often as it was quoted; empty when it is none.</summary>
    internal static string Text(JsonElement parent, string name)
    {
        JsonElement value = Child(parent, name);
        if (value.ValueKind != JsonValueKind.String)
        {
            return value.ValueKind == JsonValueKind.Undefined ? "" : value.GetRawText();
        }

        string text = value.GetString()!;
        return TryParse(text) is { ValueKind: JsonValueKind.String } inner ? inner.GetString()! : text;
    }

    internal static JsonElement Child(JsonElement parent, string name)
    {
        JsonElement container = Unwrap(parent);
        return container.ValueKind == JsonValueKind.Object && container.TryGetProperty(name, out JsonElement child)
            ? child
            : default;
    }

    internal static JsonElement Unwrap(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && TryParse(value.GetString()!) is { } inner ? inner : value;

    private static JsonElement? TryParse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
