using System.Text;
using System.Text.Json;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Azure.Investigation;

/// <summary>Follows objects through the writes about them. Not thread-safe.</summary>
internal sealed class ObjectLife : IDisposable
{
    private readonly Dictionary<string, JsonDocument> _known = new(StringComparer.Ordinal);
    private readonly AuditEventParser _parser = new();

    public void Dispose()
    {
        foreach (JsonDocument document in _known.Values)
        {
            document.Dispose();
        }
    }

    /// <summary>Takes in a write.</summary>
    /// <returns>What it changed, and what owns the object; null for what is no event.</returns>
    internal (IReadOnlyList<string> Changes, IReadOnlyList<string> Owners, string Name)? Add(
        string json, string cluster, DateTimeOffset time)
    {
        if (_parser.Parse(Encoding.UTF8.GetBytes(json), cluster, time, out AuditEvent? audit) != AuditParseStatus.Parsed)
        {
            return null;
        }

        using EventView view = new(audit!);
        JsonElement answer = Part(view.Response, "kind") == "Status" ? default : view.Response;
        JsonElement asked = view.Request;
        bool isWhole = (answer.ValueKind == JsonValueKind.Object || audit!.Verb is "create" or "update")
            && audit!.ObjectRef.Subresource.Length == 0;
        JsonElement now = answer.ValueKind == JsonValueKind.Object ? answer : asked;
        string name = audit!.ObjectRef.Name.Length > 0 ? audit.ObjectRef.Name : NameOf(now);
        string key = $"{audit.ObjectRef.Resource}/{audit.ObjectRef.Namespace}/{name}";
        IReadOnlyList<string> owners = Owners(now);
        if (audit.ResponseCode >= 400 || audit.Verb is "delete" or "deletecollection")
        {
            if (audit.ResponseCode < 400 && _known.Remove(key, out JsonDocument? gone))
            {
                gone.Dispose();
            }

            return ([], owners, name);
        }

        JsonDocument? before = _known.GetValueOrDefault(key);
        IReadOnlyList<string> changes = Redactor.HoldsCredentials(audit) || now.ValueKind != JsonValueKind.Object ? []
            : before is not null ? ObjectDiff.Of(before.RootElement, now, isWhole)

            // Of a patch it is known what it sets; of an update only what the object is since.
            : audit.Verb == "patch" ? ObjectDiff.Of(default, asked, isWhole: false)
            : audit.Verb == "create" ? ObjectDiff.Of(default, now, isWhole: false) : [];
        if (isWhole && now.ValueKind == JsonValueKind.Object)
        {
            _known[key] = JsonDocument.Parse(now.GetRawText());
            before?.Dispose();
        }

        return ([.. changes.Select(Redactor.RedactName)], owners, name);
    }

    private static string NameOf(JsonElement item) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty("metadata", out JsonElement meta) ? Part(meta, "name") : "";

    private static IReadOnlyList<string> Owners(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("metadata", out JsonElement meta)
            || meta.ValueKind != JsonValueKind.Object || !meta.TryGetProperty("ownerReferences", out JsonElement owners)
            || owners.ValueKind != JsonValueKind.Array)
        {
            return [];
        }

        return [.. owners.EnumerateArray().Select(static owner => $"{Part(owner, "kind").ToLowerInvariant()}s/{Part(owner, "name")}")];
    }

    private static string Part(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement part)
            && part.ValueKind == JsonValueKind.String ? part.GetString()! : "";
}
