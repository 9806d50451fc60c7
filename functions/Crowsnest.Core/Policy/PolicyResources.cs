namespace Crowsnest.Core.Policy;

/// <summary>Kinds of object of one API group, as a rule of a policy names them.</summary>
/// <param name="Group">API group, empty for the core's.</param>
/// <param name="Resources">Kinds: <c>pods</c>, <c>pods/log</c>, <c>pods/*</c>, <c>*/status</c> or <c>*</c>; none for all.</param>
/// <param name="Names">Names of objects; none for all.</param>
public sealed record PolicyResources(string Group, IReadOnlyList<string> Resources, IReadOnlyList<string> Names)
{
    internal bool Match(PolicyRequest request) => Group == request.Group && (Resources.Count == 0
        || ((Names.Count == 0 || Names.Contains(request.Name)) && Resources.Any(kind => IsKind(kind, request))));

    // "pods/*" is pods themselves as well, and "*" is every part of every kind: so the API server has it.
    private static bool IsKind(string kind, PolicyRequest request)
    {
        if (kind == "*")
        {
            return true;
        }

        int slash = kind.IndexOf('/', StringComparison.Ordinal);
        string whole = slash < 0 ? kind : kind[..slash];
        string part = slash < 0 ? "" : kind[(slash + 1)..];
        return (whole == request.Resource && (part == "*" || part == request.Subresource))
            || (whole == "*" && part.Length > 0 && part == request.Subresource);
    }
}
