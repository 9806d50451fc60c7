using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>A request as an audit policy sees it: after authentication, before impersonation.</summary>
/// <param name="User">Name of the authenticated user, or null when authentication failed.</param>
/// <param name="Groups">The user's groups.</param>
/// <param name="Verb">What is asked for.</param>
/// <param name="IsResource">True for an object of the API, false for any other path.</param>
public sealed record PolicyRequest(string? User, IReadOnlyList<string> Groups, string Verb, bool IsResource)
{
    /// <summary>API group, empty for the core's.</summary>
    public string Group { get; init; } = "";

    /// <summary>Kind of object.</summary>
    public string Resource { get; init; } = "";

    /// <summary>Part of the object, or empty.</summary>
    public string Subresource { get; init; } = "";

    /// <summary>Namespace, or empty for what is in none or asked for in all.</summary>
    public string Namespace { get; init; } = "";

    /// <summary>Name in the path; a creation has none.</summary>
    public string Name { get; init; } = "";

    /// <summary>Path of a request that is about no object.</summary>
    public string Path { get; init; } = "";

    /// <summary>The request of which an event tells.</summary>
    public static PolicyRequest Of(AuditEvent audit)
    {
        ObjectRef target = audit.ObjectRef;
        string? user = audit.User.Username.Length == 0 ? null : audit.User.Username;
        if (target.Resource.Length == 0)
        {
            int query = audit.RequestUri.IndexOf('?', StringComparison.Ordinal);
            return new PolicyRequest(user, audit.User.Groups, audit.Verb, false)
            {
                Path = Uri.UnescapeDataString(query < 0 ? audit.RequestUri : audit.RequestUri[..query]),
            };
        }

        // The server writes the name of a new object into the event from its body. While the policy is asked, there is none.
        return new PolicyRequest(user, audit.User.Groups, audit.Verb, true)
        {
            Group = target.ApiGroup,
            Resource = target.Resource,
            Subresource = target.Subresource,
            Namespace = target.Namespace,
            Name = audit.Verb == "create" && target.Subresource.Length == 0 ? "" : target.Name,
        };
    }
}
