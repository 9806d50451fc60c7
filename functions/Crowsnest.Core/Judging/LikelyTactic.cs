using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Judging;

/// <summary>
/// The ATT&amp;CK tactic that an action serves when an attacker does it. The model says that something is odd, not what it is
/// for; the place in an attack follows from verb and kind (ATT&amp;CK for Containers).
/// </summary>
internal static class LikelyTactic
{
    /// <summary>The tactic, or empty when the action tells nothing.</summary>
    internal static string Of(AuditEvent audit)
    {
        ObjectRef target = audit.ObjectRef;
        if (audit.ResponseCode == 401)
        {
            return "credential-access";
        }

        bool isDelete = audit.Verb is "delete" or "deletecollection";
        return (target.Resource, target.Subresource) switch
        {
            ("pods", "exec" or "attach" or "ephemeralcontainers") => "execution",
            ("pods", "portforward") or ("nodes" or "services" or "pods", "proxy") => "lateral-movement",
            ("secrets", _) when !audit.IsWrite => "credential-access",
            ("serviceaccounts", "token") => "credential-access",
            ("secrets" or "serviceaccounts" or "certificatesigningrequests" or "mutatingwebhookconfigurations", _)
                when audit.IsWrite && !isDelete => "persistence",
            ("roles" or "clusterroles" or "rolebindings" or "clusterrolebindings", _)
                when audit.IsWrite && !isDelete => "privilege-escalation",
            ("events" or "validatingwebhookconfigurations" or "networkpolicies", _) when audit.IsWrite => "defense-evasion",
            ("cronjobs", _) when audit.IsWrite && !isDelete => "persistence",
            ("services" or "ingresses", _) when audit.IsWrite && !isDelete => "persistence",
            ("pods" or "deployments" or "daemonsets" or "statefulsets" or "replicasets" or "jobs", "")
                when audit.IsWrite && !isDelete => "execution",
            _ when isDelete => "impact",
            _ when !audit.IsWrite || target.Resource.EndsWith("reviews", StringComparison.Ordinal) => "discovery",
            _ => "",
        };
    }
}
