using System.Collections.Frozen;

namespace Crowsnest.Core.Audit;

/// <summary>Decides, in this one place and never by a loose substring, what kind of identity a user name is.</summary>
public static class PrincipalClassifier
{
    public const string AnonymousUser = "system:anonymous";
    public const string ServiceAccountPrefix = "system:serviceaccount:";
    public const string NodePrefix = "system:node:";

    private static readonly FrozenSet<string> SystemNamespaces = FrozenSet.ToFrozenSet(
        ["kube-system", "kube-public", "kube-node-lease", "gatekeeper-system", "calico-system", "tigera-operator"]);

    private static readonly FrozenSet<string> ControlPlaneUsers = FrozenSet.ToFrozenSet(
        ["aksService", "hcpService", "acsService", "readinessChecker"]);

    public static PrincipalClass Classify(string username)
    {
        if (username.Length == 0 || username == AnonymousUser)
        {
            return PrincipalClass.Anonymous;
        }

        if (username.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal))
        {
            return SystemNamespaces.GetAlternateLookup<ReadOnlySpan<char>>().Contains(Namespace(username))
                ? PrincipalClass.SystemServiceAccount
                : PrincipalClass.WorkloadServiceAccount;
        }

        if (username.StartsWith(NodePrefix, StringComparison.Ordinal) || username == "nodeclient")
        {
            return PrincipalClass.Node;
        }

        if (username == "masterclient")
        {
            return PrincipalClass.LocalAdmin;
        }

        return username.StartsWith("system:", StringComparison.Ordinal) || ControlPlaneUsers.Contains(username)
            ? PrincipalClass.SystemComponent
            : PrincipalClass.Human;
    }

    /// <summary>The namespace of a service account; empty for other users.</summary>
    public static string NamespaceOf(string username) =>
        username.StartsWith(ServiceAccountPrefix, StringComparison.Ordinal) ? Namespace(username).ToString() : "";

    private static ReadOnlySpan<char> Namespace(string username)
    {
        ReadOnlySpan<char> rest = username.AsSpan(ServiceAccountPrefix.Length);
        int end = rest.IndexOf(':');
        return end < 0 ? rest : rest[..end];
    }
}
