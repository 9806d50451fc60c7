using System.Text.Json;

namespace Crowsnest.Core.Audit;

/// <summary>
/// What a SubjectAccessReview asks (authorization.k8s.io): may this identity do that? A kubelet asks for whoever calls it on
/// its own port; that call leaves no other trace in the audit log.
/// </summary>
/// <param name="Subject">Whose access is asked about.</param>
/// <param name="Verb">What they want to do.</param>
/// <param name="Target">On what.</param>
/// <param name="Allowed">The answer, null when it was not logged.</param>
public sealed record AccessReview(AuditUser Subject, string Verb, ObjectRef Target, bool? Allowed)
{
    // As deep as the API server reads.
    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 10_000 };

    internal static AccessReview? Of(ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> answer)
    {
        if (body.IsEmpty)
        {
            return null;
        }

        try
        {
            using JsonDocument json = JsonDocument.Parse(body, Deep);
            if (!json.RootElement.TryGetProperty("spec", out JsonElement spec) || spec.ValueKind != JsonValueKind.Object
                || Text(spec, "user") is not { Length: > 0 } user)
            {
                return null;
            }

            // The first versions of the API called them "group".
            string[] groups = Texts(spec, "groups") is { Length: > 0 } some ? some : Texts(spec, "group");
            JsonElement target = spec.TryGetProperty("resourceAttributes", out JsonElement attributes) ? attributes : default;
            return new AccessReview(
                new AuditUser(user, Text(spec, "uid"), groups, []),
                Text(target, "verb"),
                new ObjectRef(
                    Text(target, "resource"),
                    Text(target, "subresource"),
                    Text(target, "namespace"),
                    Text(target, "name"),
                    Text(target, "group"),
                    ""),
                AllowedBy(answer));
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static bool? AllowedBy(ReadOnlyMemory<byte> answer)
    {
        if (answer.IsEmpty)
        {
            return null;
        }

        using JsonDocument json = JsonDocument.Parse(answer, Deep);
        return json.RootElement.TryGetProperty("status", out JsonElement status) && status.ValueKind == JsonValueKind.Object
            ? status.TryGetProperty("allowed", out JsonElement allowed) && allowed.ValueKind == JsonValueKind.True
            : null;
    }

    private static string Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value)
        && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string[] Texts(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray()
                .Where(static item => item.ValueKind == JsonValueKind.String)
                .Select(static item => item.GetString()!)]
            : [];
}
