using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>The kinds of request whose bodies hold credentials, and the level from which on a log holds them.</summary>
internal static class SecretBodies
{
    // What is sent is in the log from Request on, what is answered from RequestResponse on. A watch has no answer that is logged.
    internal static IReadOnlyList<(string Group, string Resource, string Subresource, string Verb, AuditLevel From, string What)> All
    {
        get;
    } =
    [
        ("", "secrets", "", "create", AuditLevel.Request, "the secret"),
        ("", "secrets", "", "update", AuditLevel.Request, "the secret"),
        ("", "secrets", "", "patch", AuditLevel.Request, "the secret"),
        ("", "secrets", "", "delete", AuditLevel.RequestResponse, "the secret"),
        ("", "secrets", "", "get", AuditLevel.RequestResponse, "the secret"),
        ("", "secrets", "", "list", AuditLevel.RequestResponse, "the secrets"),
        ("", "serviceaccounts", "token", "create", AuditLevel.RequestResponse, "a token that can be used"),
        ("authentication.k8s.io", "tokenreviews", "", "create", AuditLevel.Request, "the token that is asked about"),
    ];

    /// <summary>True for kinds of request whose bodies may hold credentials: they are logged without.</summary>
    internal static bool Has(RequestKind kind) =>
        All.Any(one => one.Resource == kind.Resource && one.Subresource == kind.Subresource && one.Group == kind.Group);

    /// <summary>What the log would hold of the request at the level; empty when it is no credential.</summary>
    internal static string Of(PolicyRequest request, AuditLevel level)
    {
        foreach (var one in All)
        {
            if (one.Verb == request.Verb && one.Resource == request.Resource && one.Subresource == request.Subresource
                && one.Group == request.Group && level >= one.From)
            {
                return one.What;
            }
        }

        return "";
    }
}
