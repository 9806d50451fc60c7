using System.Text.RegularExpressions;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Policy;

/// <summary>Why the authorizer let somebody through: the binding, the role and whom it is given to.</summary>
/// <param name="Binding">Kind and name of the binding.</param>
/// <param name="Role">Kind and name of the role.</param>
/// <param name="Subject">Whom: a user or group by name, a service account as <c>system:serviceaccount:NAMESPACE:NAME</c>.</param>
/// <param name="Kind">User, Group or ServiceAccount.</param>
/// <param name="Scope">The namespace of the binding, or empty for all.</param>
internal readonly partial record struct AuthorizerReason(string Binding, string Role, string Subject, string Kind, string Scope)
{
    /// <summary>Reads the annotation; null when it names no binding.</summary>
    internal static AuthorizerReason? Read(string reason)
    {
        Match match = Reason().Match(reason);
        if (!match.Success)
        {
            return null;
        }

        // What lies in a namespace is named as name/namespace.
        string binding = match.Groups["binding"].Value;
        string kind = match.Groups["kind"].Value;
        int slash = kind == "RoleBinding" ? binding.LastIndexOf('/') : -1;
        string subject = match.Groups["subject"].Value;
        string to = match.Groups["to"].Value;
        if (to == "ServiceAccount" && subject.Split('/') is [string name, string at])
        {
            subject = $"{PrincipalClassifier.ServiceAccountPrefix}{at}:{name}";
        }

        return new(
            $"{kind} {(slash < 0 ? binding : binding[..slash])}",
            match.Groups["role"].Value.Replace("\"", ""),
            subject,
            to,
            slash < 0 ? "" : binding[(slash + 1)..]);
    }

    [GeneratedRegex(
        """^RBAC: allowed by (?<kind>ClusterRoleBinding|RoleBinding) "(?<binding>[^"]+)" of (?<role>(Cluster)?Role "[^"]+") to """
        + """(?<to>User|Group|ServiceAccount) "(?<subject>[^"]+)"$""")]
    private static partial Regex Reason();
}
