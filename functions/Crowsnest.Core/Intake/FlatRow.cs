using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Crowsnest.Core.Intake;

/// <summary>
/// A row that names each value by its path, as search engines give out a document: kubernetes.audit.user.username. It is
/// made an object again. Such a row has lists of one where the document had a value.
/// </summary>
internal static class FlatRow
{
    private const string Id = ".auditid";

    /// <summary>The event as an object; null when the members are not those of such a row.</summary>
    internal static byte[]? Nest(ReadOnlyMemory<byte> json, List<WrapperMember> members)
    {
        string? id = members.Find(static member => member.Path.EndsWith(Id, StringComparison.OrdinalIgnoreCase)).Path;
        if (id is null)
        {
            return null;
        }

        string prefix = id[..(id.Length - Id.Length + 1)];
        JsonObject root = [];
        try
        {
            foreach (WrapperMember member in members)
            {
                if (member.Path.Length > prefix.Length && member.Path.StartsWith(prefix, StringComparison.Ordinal))
                {
                    Set(root, member.Path[prefix.Length..], JsonNode.Parse(json.Span[member.Start..member.End]));
                }
            }

            return Encoding.UTF8.GetBytes(root.ToJsonString());
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static void Set(JsonObject root, string path, JsonNode? value)
    {
        JsonObject at = root;
        while (path.IndexOf('.', StringComparison.Ordinal) is > 0 and int dot)
        {
            string name = path[..dot];
            path = path[(dot + 1)..];
            if (at[name] is not JsonObject inner)
            {
                at[name] = inner = [];
            }

            at = inner;
            if (name is "annotations" or "extra")
            {
                // Their keys have dots of their own.
                break;
            }
        }

        bool isList = path is "groups" or "sourceIPs";
        at[path] = !isList && value is JsonArray { Count: 1 } one ? one[0]?.DeepClone() : value;
    }
}
