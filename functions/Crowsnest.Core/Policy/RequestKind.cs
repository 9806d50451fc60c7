namespace Crowsnest.Core.Policy;

/// <summary>A kind of request: what is done to which kind of object.</summary>
/// <param name="Verb">What is done.</param>
/// <param name="Group">API group, empty for the core's.</param>
/// <param name="Resource">Kind of object; empty for other paths.</param>
/// <param name="Subresource">Part of the object, or empty.</param>
public readonly record struct RequestKind(string Verb, string Group, string Resource, string Subresource)
{
    internal static RequestKind Of(PolicyRequest request) => new(request.Verb, request.Group, request.Resource, request.Subresource);

    /// <summary>The kind for people: <c>create apps/deployments/scale</c>.</summary>
    public override string ToString() =>
        Resource.Length == 0 ? $"{Verb} paths"
            : $"{Verb} {(Group.Length > 0 ? Group + "/" : "")}{Resource}{(Subresource.Length > 0 ? "/" + Subresource : "")}";
}
