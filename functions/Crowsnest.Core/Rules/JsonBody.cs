using System.Text.Json;

namespace Crowsnest.Core.Rules;

/// <summary>Reads bodies that may hold anything: what is missing or of another type is empty, never an exception.</summary>
internal static class JsonBody
{
    /// <summary>As deep as the API server's decoder goes (maxNestingDepth of encoding/json, and of sigs.k8s.io/json).</summary>
    internal const int DeepestBody = 10_000;

    /// <summary>The member, or an undefined element.</summary>
    internal static JsonElement Member(this JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement child) ? child : default;

    /// <summary>The member's text, or empty.</summary>
    internal static string Text(this JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    internal static bool IsTrue(this JsonElement parent, string name) => parent.Member(name).ValueKind == JsonValueKind.True;

    /// <summary>The elements of the member when it is an array.</summary>
    internal static JsonElement.ArrayEnumerator Items(this JsonElement parent, string name) => parent.Member(name).Elements();

    internal static JsonElement.ArrayEnumerator Elements(this JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : default;

    /// <summary>The texts among the elements of the member.</summary>
    internal static List<string> Texts(this JsonElement parent, string name)
    {
        List<string> texts = [];
        foreach (JsonElement item in parent.Items(name))
        {
            if (item.ValueKind == JsonValueKind.String)
            {
                texts.Add(item.GetString()!);
            }
        }

        return texts;
    }
}
