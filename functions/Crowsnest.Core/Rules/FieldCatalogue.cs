using System.Collections.Frozen;
using System.Globalization;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>The fields that rules may name: the raw paths of the audit schema, the PodSpec view and a few of our own.</summary>
internal static class FieldCatalogue
{
    private static readonly FrozenDictionary<string, Field> Fields = new Dictionary<string, Field>
    {
        ["auditID"] = new ViewField(static view => view.Event.AuditId, ViewField.DecodedCost),
        ["verb"] = Scalar(static e => e.Verb),
        ["stage"] = Scalar(static e => e.Stage.ToString()),
        ["level"] = Scalar(static e => e.Level.ToString()),
        ["requestURI"] = new ViewField(static view => view.Event.RequestUri, ViewField.DecodedCost),
        ["userAgent"] = Scalar(static e => e.UserAgent),
        ["user.username"] = Scalar(static e => e.User.Username),
        ["user.uid"] = Scalar(static e => e.User.Uid),
        ["user.groups"] = List(static e => e.User.Groups),
        ["impersonatedUser.username"] = Scalar(static e => e.ImpersonatedUser?.Username ?? ""),
        ["impersonatedUser.uid"] = Scalar(static e => e.ImpersonatedUser?.Uid ?? ""),
        ["impersonatedUser.groups"] = List(static e => e.ImpersonatedUser?.Groups ?? []),
        ["sourceIPs"] = List(static e => e.SourceIPs),
        ["objectRef.resource"] = Scalar(static e => e.ObjectRef.Resource),
        ["objectRef.subresource"] = Scalar(static e => e.ObjectRef.Subresource),
        ["objectRef.namespace"] = Scalar(static e => e.ObjectRef.Namespace),
        ["objectRef.name"] = new ViewField(static view => view.Event.ObjectRef.Name, ViewField.DecodedCost),
        ["objectRef.apiGroup"] = Scalar(static e => e.ObjectRef.ApiGroup),
        ["objectRef.apiVersion"] = Scalar(static e => e.ObjectRef.ApiVersion),
        ["responseStatus.code"] = Scalar(static e =>
            e.ResponseCode == 0 ? "" : e.ResponseCode.ToString(CultureInfo.InvariantCulture)),
        ["responseStatus.reason"] = Scalar(static e => e.ResponseReason),
        ["crowsnest.principal"] = Scalar(static e => e.Principal),
        ["crowsnest.principalClass"] = Scalar(static e => e.PrincipalClass.ToString()),
        ["crowsnest.clientAddress"] = Scalar(static e => e.ClientAddress),
        ["crowsnest.clientNetwork"] = Scalar(static e => NetworkPrefix.Of(e.ClientAddress)),
        ["crowsnest.credentialId"] = Scalar(static e => e.User.CredentialId),
        ["crowsnest.principalNamespace"] = Scalar(static e => PrincipalClassifier.NamespaceOf(e.Principal)),
        ["crowsnest.truncated"] = Scalar(static e => e.Truncated ? "true" : "false"),
        ["crowsnest.body"] = new ViewField(BodyState.Of, ViewField.DecodedCost),
        ["crowsnest.command"] = new ViewField(static view => view.Commands, ViewField.DecodedCost) { Scope = FieldScope.Command },
        ["crowsnest.impersonatedClass"] = Scalar(static e => e.ImpersonatedUser?.Class.ToString() ?? ""),
        ["crowsnest.path"] = Decoded(static e => e.Path.Path),
        ["crowsnest.proxyPath"] = Decoded(static e => e.Path.ProxyPath),
        ["crowsnest.proxyTarget"] = Decoded(static e => e.Path.ProxyTarget),
        ["crowsnest.watch"] = Decoded(WatchStart.Of),
        ["crowsnest.review.verb"] = Decoded(static e => e.Review?.Verb ?? ""),
        ["crowsnest.review.resource"] = Decoded(static e => e.Review?.Target.Resource ?? ""),
        ["crowsnest.review.subresource"] = Decoded(static e => e.Review?.Target.Subresource ?? ""),
        ["crowsnest.review.allowed"] = Decoded(static e => e.Review?.Allowed switch { true => "true", false => "false", null => "" }),
        ["podSpec.commandLines"] = Body(FieldScope.PodSpec, static view => view.CommandLines),
        ["crowsnest.writeBack"] = new ViewField(static view => view.IsWriteBack ? "true" : "false", ViewField.DecodedCost),
        ["crowsnest.dryRun"] = new ViewField(static view => view.IsDryRun ? "true" : "false", ViewField.DecodedCost),
        ["crowsnest.runsDownload"] =
            new ViewField(static view => DownloadedCode.Of(view.Command), ViewField.DecodedCost) { Scope = FieldScope.Command },
        ["podSpec.registries"] = Body(FieldScope.PodSpec, ImageRegistry.All),
        ["podSpec.runsDownload"] = Body(FieldScope.PodSpec, PodCommands.Downloaded),
        ["volume.paths"] = Body(FieldScope.Volume, VolumePaths.Of),
        ["ingress.snippets"] = Body(FieldScope.Ingress, static view => view.Ingress.Snippets),
        ["ingress.injections"] = Body(FieldScope.Ingress, static view => view.Ingress.Injections),
        ["rbac.powers"] = Body(FieldScope.Grant, static view => view.Grant.Powers),
        ["rbac.role"] = Body(FieldScope.Grant, static view => view.Grant.Role),
        ["exposure.ways"] = Body(FieldScope.Exposure, static view => view.Exposure.Ways),
        ["exposure.ports"] = Body(FieldScope.Exposure, static view => view.Exposure.Ports),
        ["exposure.names"] = Body(FieldScope.Exposure, static view => view.Exposure.Names),
        ["exposure.internal"] = Body(FieldScope.Exposure, static view => view.Exposure.IsInternal ? "true" : "false"),
        ["csr.commonName"] = Body(FieldScope.SigningRequest, static view => view.SigningRequest.CommonName),
        ["csr.organizations"] = Body(FieldScope.SigningRequest, static view => view.SigningRequest.Organizations),
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
            return Scalar(e => e.Annotation(annotation));
        }

        if (After(name, "user.extra.") is { } extra)
        {
            return List(e => Extra(e.User, extra));
        }

        if (After(name, "crowsnest.query.") is { } parameter)
        {
            return new ViewField(view => view.Event.Path.All(parameter), ViewField.DecodedCost);
        }

        return After(name, "requestObject.") is { } request ? new JsonField(static view => [view.Request], request)
            : After(name, "responseObject.") is { } response ? new JsonField(static view => [view.Response], response)
            : After(name, "rbac.subjects.") is { } subject
                ? new JsonField(static view => view.Grant.Subjects, subject) { Scope = FieldScope.Grant }
            : After(name, "podSpec.containers.") is { } container ?
                PodSchema.HasContainerField(container)
                    ? new JsonField(static view => view.PodSpec.Containers, container) { Scope = FieldScope.PodSpec }
                    : null
            : After(name, "podSpec.") is { } spec && PodSchema.HasField(spec)
                ? new JsonField(static view => view.PodSpec.Specs, spec) { Scope = FieldScope.PodSpec }
            : null;
    }

    /// <summary>The known name that is most like the given one.</summary>
    internal static string Nearest(string name) =>
        Fields.Keys.Concat(["requestObject.", "responseObject.", "annotations.", "user.extra.", "crowsnest.query.", "rbac.subjects.name"])
            .Concat(PodSchema.Names).OrderBy(known => Distance(known, name)).ThenBy(static known => known, StringComparer.Ordinal).First();

    private static ViewField Scalar(Func<AuditEvent, string> read) => new(view => read(view.Event));

    private static ViewField Decoded(Func<AuditEvent, string> read) => new(view => read(view.Event), ViewField.DecodedCost);

    private static ViewField List(Func<AuditEvent, IReadOnlyList<string>> read) => new(view => read(view.Event), 1);

    private static ViewField Body(FieldScope scope, Func<EventView, string> read) =>
        new(read, ViewField.BodyCost) { Scope = scope };

    private static ViewField Body(FieldScope scope, Func<EventView, IReadOnlyList<string>> read) =>
        new(read, ViewField.BodyCost) { Scope = scope };

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
