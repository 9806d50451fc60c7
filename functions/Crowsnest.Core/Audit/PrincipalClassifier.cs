using System.Buffers;

namespace Crowsnest.Core.Audit;

/// <summary>Decides, in this one place and by whole names only, what kind of identity a user is.</summary>
public static class PrincipalClassifier
{
    public const string AnonymousUser = "system:anonymous";
    public const string ServiceAccountPrefix = "system:serviceaccount:";
    public const string NodePrefix = "system:node:";

    private static readonly SearchValues<char> NodeCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789.-");

    private const string NodesGroup = "system:nodes";

    /// <summary>Classifies a name of which nothing else is known.</summary>
    public static PrincipalClass Classify(string username) => Classify(username, []);

    /// <summary>Classifies an identity.</summary>
    /// <param name="username">Its name.</param>
    /// <param name="groups">Its groups, as far as they are known.</param>
    public static PrincipalClass Classify(string username, IReadOnlyList<string> groups)
    {
        if (username.Length == 0 || username == AnonymousUser)
        {
            return PrincipalClass.Anonymous;
        }

        if (username.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal))
        {
            return PlatformIdentities.IsServiceAccount(username)
                ? PrincipalClass.SystemServiceAccount
                : PrincipalClass.WorkloadServiceAccount;
        }

        // The node authorizer asks for both, the name and the group (kubernetes/plugin/pkg/auth/nodeidentifier).
        if (IsNodeName(username) && (groups.Count == 0 || groups.Contains(NodesGroup)))
        {
            return PrincipalClass.Node;
        }

        if (username == "masterclient")
        {
            return PrincipalClass.LocalAdmin;
        }

        return PlatformIdentities.IsUser(username) ? PrincipalClass.SystemComponent : PrincipalClass.Human;
    }

    /// <summary>The namespace of a service account; empty for other users.</summary>
    public static string NamespaceOf(string username) =>
        username.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal) ? Namespace(username).ToString() : "";

    // Nodes are named as DNS subdomains are (RFC 1123); "nodeclient" is the shared kubelet certificate of old AKS clusters.
    private static bool IsNodeName(string username)
    {
        if (username == "nodeclient")
        {
            return true;
        }

        if (!username.StartsWith(NodePrefix, StringComparison.Ordinal) || username.Length is <= 12 or > 12 + 253)
        {
            return false;
        }

        ReadOnlySpan<char> name = username.AsSpan(NodePrefix.Length);
        return !name.ContainsAnyExcept(NodeCharacters)
            && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);
    }

    private static ReadOnlySpan<char> Namespace(string username)
    {
        ReadOnlySpan<char> rest = username.AsSpan(ServiceAccountPrefix.Length);
        int end = rest.IndexOf(':');
        return end < 0 ? rest : rest[..end];
    }
}
