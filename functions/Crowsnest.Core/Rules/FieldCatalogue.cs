using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>The fields that rules may name: the raw paths of the audit schema, the PodSpec view and a few of our own.</summary>
internal static class FieldCatalogue
{
    private static readonly FrozenDictionary<string, Field> Fields = new Dictionary<string, Field>
    {
        ["auditID"] = new ScalarField(static e => e.AuditId),
        ["verb"] = new ScalarField(static e => e.Verb),
        ["stage"] = new ScalarField(static e => e.Stage.ToString()),
        ["level"] = new ScalarField(static e => e.Level.ToString()),
        ["requestURI"] = new ScalarField(static e => e.RequestUri),
        ["userAgent"] = new ScalarField(static e => e.UserAgent),
        ["user.username"] = new ScalarField(static e => e.User.Username),
        ["user.uid"] = new ScalarField(static e => e.User.Uid),
        ["user.groups"] = new ListField(static e => e.User.Groups),
        ["impersonatedUser.username"] = new ScalarField(static e => e.ImpersonatedUser?.Username ?? ""),
        ["impersonatedUser.uid"] = new ScalarField(static e => e.ImpersonatedUser?.Uid ?? ""),
        ["impersonatedUser.groups"] = new ListField(static e => e.ImpersonatedUser?.Groups ?? []),
        ["sourceIPs"] = new ListField(static e => e.SourceIPs),
        ["objectRef.resource"] = new ScalarField(static e => e.ObjectRef.Resource),
        ["objectRef.subresource"] = new ScalarField(static e => e.ObjectRef.Subresource),
        ["objectRef.namespace"] = new ScalarField(static e => e.ObjectRef.Namespace),
        ["objectRef.name"] = new ScalarField(static e => e.ObjectRef.Name),
        ["objectRef.apiGroup"] = new ScalarField(static e => e.ObjectRef.ApiGroup),
        ["objectRef.apiVersion"] = new ScalarField(static e => e.ObjectRef.ApiVersion),
        ["responseStatus.code"] = new ScalarField(static e =>
            e.ResponseCode == 0 ? "" : e.ResponseCode.ToString(CultureInfo.InvariantCulture)),
        ["responseStatus.reason"] = new ScalarField(static e => e.ResponseReason),
        ["crowsnest.principal"] = new ScalarField(static e => e.Principal),
        ["crowsnest.principalClass"] = new ScalarField(static e => e.PrincipalClass.ToString()),
        ["crowsnest.clientAddress"] = new ScalarField(static e => e.ClientAddress),
        ["crowsnest.command"] = new ScalarField(static e => ExecCommand.Of(e)),
        ["crowsnest.truncated"] = new ScalarField(static e => e.Truncated ? "true" : "false"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds a field.</summary>
    /// <returns>The field, or null when the audit schema has no such name.</returns>
    internal static Field? Find(string name)
    {
        if (Fields.TryGetValue(name, out Field? known))
        {
            return known;
        }

        if (After(name, "annotations.") is { } annotation)
        {
            return new ScalarField(e => e.Annotation(annotation));
        }

        if (After(name, "user.extra.") is { } extra)
        {
            return new ListField(e => Extra(e.User, extra));
        }

        return After(name, "requestObject.") is { } request ? Json(static view => [view.Request], request)
            : After(name, "responseObject.") is { } response ? Json(static view => [view.Response], response)
            : After(name, "podSpec.containers.") is { } container ? Json(PodSpecs.Containers, container)
            : After(name, "podSpec.") is { } spec ? Json(PodSpecs.Of, spec)
            : null;
    }

    /// <summary>The known name that is most like the given one.</summary>
    internal static string Nearest(string name) =>
        Fields.Keys.Append("requestObject.").Append("responseObject.").Append("annotations.").Append("podSpec.")
            .OrderBy(known => Distance(known, name)).ThenBy(static known => known, StringComparer.Ordinal).First();

    private static JsonField Json(Func<EventView, IEnumerable<JsonElement>> roots, string path) =>
        new(roots, path.Split('.'));

    private static string? After(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal) && name.Length > prefix.Length ? name[prefix.Length..] : null;

    private static IReadOnlyList<string> Extra(AuditUser user, string key)
    {
        foreach (KeyValuePair<string, IReadOnlyList<string>> extra in user.Extra)
        {
            if (string.Equals(extra.Key, key, StringComparison.Ordinal))
            {
                return extra.Value;
            }
        }

        return [];
    }

    // Levenshtein, ignoring case; names ending in the wanted one (verb for objectRef.verb) count as near.
    private static int Distance(string known, string name)
    {
        if (known.EndsWith("." + name, StringComparison.OrdinalIgnoreCase))
        {
            return 1;
        }

        int[] row = [.. Enumerable.Range(0, name.Length + 1)];
        for (int i = 1; i <= known.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= name.Length; j++)
            {
                bool same = char.ToUpperInvariant(known[i - 1]) == char.ToUpperInvariant(name[j - 1]);
                int cost = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(cost, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}
