namespace Crowsnest.Core.Audit;

/// <summary>The object a request is about. Every part may be empty: a list has no name, a cluster-scoped kind no namespace.</summary>
public sealed record ObjectRef(
    string Resource,
    string Subresource,
    string Namespace,
    string Name,
    string ApiGroup,
    string ApiVersion)
{
    public static ObjectRef None { get; } = new("", "", "", "", "", "");
}
