using System.Collections.Frozen;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Features;

/// <summary>
/// How much power an action touches, from 0 to 1, by the kind of object: what an attacker gains from it according to the
/// Microsoft threat matrix for Kubernetes and ATT&amp;CK for Containers. Reads of anything but credentials weigh less.
/// </summary>
public static class Sensitivity
{
    private const float ReadFactor = 0.4f;
    private const float Unlisted = 0.2f;

    private static readonly FrozenDictionary<string, float> Weights = new Dictionary<string, float>
    {
        ["secrets"] = 1f,
        ["clusterrolebindings"] = 1f,
        ["nodes/proxy"] = 1f,
        ["pods/exec"] = 0.9f,
        ["pods/attach"] = 0.9f,
        ["pods/ephemeralcontainers"] = 0.9f,
        ["serviceaccounts/token"] = 0.9f,
        ["rolebindings"] = 0.9f,
        ["clusterroles"] = 0.9f,
        ["mutatingwebhookconfigurations"] = 0.9f,
        ["validatingwebhookconfigurations"] = 0.9f,
        ["mutatingadmissionpolicies"] = 0.9f,
        ["validatingadmissionpolicies"] = 0.9f,
        ["apiservices"] = 0.9f,
        ["roles"] = 0.8f,
        ["certificatesigningrequests"] = 0.8f,
        ["certificatesigningrequests/approval"] = 0.9f,
        ["pods/portforward"] = 0.7f,
        ["daemonsets"] = 0.7f,
        ["cronjobs"] = 0.6f,
        ["serviceaccounts"] = 0.6f,
        ["customresourcedefinitions"] = 0.6f,
        ["jobs"] = 0.5f,
        ["pods"] = 0.5f,
        ["deployments"] = 0.5f,
        ["statefulsets"] = 0.5f,
        ["namespaces"] = 0.5f,
        ["networkpolicies"] = 0.5f,
        ["persistentvolumes"] = 0.5f,
        ["events"] = 0.4f,
        ["services"] = 0.4f,
        ["nodes"] = 0.4f,
        ["configmaps"] = 0.3f,
        ["ingresses"] = 0.3f,
        ["leases"] = 0f,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Kinds of object that hold no power at all, whatever is done to them.</summary>
    internal static IEnumerable<string> Powerless => Weights.Where(static pair => pair.Value == 0).Select(static pair => pair.Key);

    /// <summary>The sensitivity of the event's action.</summary>
    public static float Of(AuditEvent audit)
    {
        ObjectRef target = audit.ObjectRef;
        if (target.Resource.Length == 0)
        {
            return 0;
        }

        string kind = target.Subresource.Length == 0 ? target.Resource : $"{target.Resource}/{target.Subresource}";
        float weight = Weights.GetValueOrDefault(kind, target.Subresource.Length == 0 ? Unlisted : 0);
        if (target.Resource == "events" && audit.Verb is "create" or "update" or "patch")
        {
            // Components write events all day; deleting them hides tracks.
            return 0;
        }

        bool credentialOrDoor = target.Resource == "secrets" || target.Subresource.Length > 0;
        return audit.IsWrite || credentialOrDoor ? weight : weight * ReadFactor;
    }
}
