using System.Text.Json;

namespace Crowsnest.Azure.Investigation;

/// <summary>What changed in an object, as paths with the values before and after.</summary>
internal static class ObjectDiff
{
    private const int LongestValue = 200;
    private const int MostChanges = 40;

    // What the API server keeps beside every write says nothing of what somebody wanted.
    private static readonly HashSet<string> Ignored =
    [
        "metadata.managedFields", "metadata.resourceVersion", "metadata.generation", "metadata.uid", "metadata.creationTimestamp",
        "metadata.selfLink", "metadata.name", "metadata.namespace", "metadata.ownerReferences",
        "metadata.annotations.kubectl.kubernetes.io/last-applied-configuration", "status", "kind", "apiVersion",
    ];

    /// <summary>The changes.</summary>
    /// <param name="before">The object before; undefined when it is not known.</param>
    /// <param name="after">The object after, or the part of it that was set.</param>
    /// <param name="isWhole">False when what <paramref name="after"/> lacks may still be there.</param>
    internal static IReadOnlyList<string> Of(JsonElement before, JsonElement after, bool isWhole)
    {
        SortedDictionary<string, string> old = Leaves(before);
        SortedDictionary<string, string> now = Leaves(after);
        List<string> changes = [];
        foreach ((string path, string value) in now)
        {
            if (!old.TryGetValue(path, out string? was))
            {
                changes.Add($"+ {path}: {value}");
            }
            else if (was != value)
            {
                changes.Add($"{path}: {was} → {value}");
            }
        }

        if (isWhole)
        {
            changes.AddRange(old.Where(one => !now.ContainsKey(one.Key)).Select(static one => $"- {one.Key}: {one.Value}"));
        }

        return changes.Count <= MostChanges ? changes : [.. changes.Take(MostChanges), $"… and {changes.Count - MostChanges} more"];
    }

    private static SortedDictionary<string, string> Leaves(JsonElement root)
    {
        SortedDictionary<string, string> leaves = new(StringComparer.Ordinal);
        Add(root, "", leaves);
        return leaves;
    }

    private static void Add(JsonElement element, string path, SortedDictionary<string, string> leaves)
    {
        if (Ignored.Contains(path))
        {
            return;
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    Add(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}", leaves);
                }

                break;
            case JsonValueKind.Array:
                int at = 0;
                foreach (JsonElement item in element.EnumerateArray())
                {
                    // Containers, volumes and variables are told by their names, wherever they stand in the list.
                    string key = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("name", out JsonElement name)
                        && name.ValueKind == JsonValueKind.String ? name.GetString()! : $"{at}";
                    Add(item, $"{path}[{key}]", leaves);
                    at++;
                }

                break;
            case JsonValueKind.Undefined:
                break;
            default:
                string value = element.ValueKind == JsonValueKind.String ? element.GetString()! : element.GetRawText();
                leaves[path] = value.Length > LongestValue ? value[..LongestValue] + "…" : value;
                break;
        }
    }
}
