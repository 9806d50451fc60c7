using System.Collections.Frozen;

namespace Crowsnest.Core.Audit;

/// <summary>
/// Accounts that sign in for people and pass their requests on with Impersonate headers, as Rancher and Azure Arc do. Who is
/// judged then is the person. Exact names: an account that is not listed could hide behind whom it names.
/// </summary>
internal static class ImpersonatingProxies
{
    // Rancher gives each person an account of this name, and has it impersonate just that person.
    private const string RancherAccount = "system:serviceaccount:cattle-impersonation-system:cattle-impersonation-";

    private static readonly FrozenSet<string> Accounts = FrozenSet.ToFrozenSet(
    [
        "system:serviceaccount:cattle-system:cattle",
        "system:serviceaccount:cattle-system:kontainer-engine",
        "system:serviceaccount:cattle-system:rancher",
        "system:serviceaccount:azure-arc:azure-arc-kube-aad-proxy-sa",
        "system:serviceaccount:gke-connect:connect-agent-sa",
        "system:serviceaccount:pinniped-concierge:pinniped-concierge-impersonation-proxy",
        "system:serviceaccount:kube-oidc-proxy:kube-oidc-proxy",
        "system:serviceaccount:openunison:openunison-orchestra",
        "system:serviceaccount:teleport:teleport-kube-agent",
        "system:serviceaccount:teleport-agent:teleport-kube-agent",
        "system:serviceaccount:kubesphere-system:kubesphere",
    ]);

    /// <summary>True when the account passes on what a person asked for. Nobody acts for an identity of the cluster itself.</summary>
    internal static bool ActsFor(AuditUser account, AuditUser person) =>
        person.Username.Length > 0 && !person.Username.StartsWith("system:", StringComparison.Ordinal)
        && (Accounts.Contains(account.Username)
            || (account.Username.Length == RancherAccount.Length + person.Username.Length
                && account.Username.StartsWith(RancherAccount, StringComparison.Ordinal)
                && account.Username.EndsWith(person.Username, StringComparison.Ordinal)));
}
