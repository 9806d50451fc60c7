using System.Collections.Frozen;

namespace Crowsnest.Core.Policy;

/// <summary>The API groups of Kubernetes' own kinds, for rules that name a kind alone.</summary>
internal static class ApiGroups
{
    private static readonly FrozenDictionary<string, string> Groups = new (string Group, string Kinds)[]
    {
        ("apps", "deployments daemonsets statefulsets replicasets controllerrevisions"),
        ("batch", "jobs cronjobs"),
        ("autoscaling", "horizontalpodautoscalers"),
        ("policy", "poddisruptionbudgets podsecuritypolicies"),
        ("networking.k8s.io", "ingresses networkpolicies ingressclasses"),
        ("rbac.authorization.k8s.io", "roles rolebindings clusterroles clusterrolebindings"),
        ("certificates.k8s.io", "certificatesigningrequests clustertrustbundles"),
        ("admissionregistration.k8s.io", "mutatingwebhookconfigurations validatingwebhookconfigurations validatingadmissionpolicies "
            + "validatingadmissionpolicybindings mutatingadmissionpolicies mutatingadmissionpolicybindings"),
        ("apiextensions.k8s.io", "customresourcedefinitions"),
        ("apiregistration.k8s.io", "apiservices"),
        ("authorization.k8s.io", "selfsubjectaccessreviews selfsubjectrulesreviews subjectaccessreviews localsubjectaccessreviews"),
        ("authentication.k8s.io", "tokenreviews selfsubjectreviews"),
        ("storage.k8s.io", "storageclasses csidrivers csinodes volumeattachments"),
        ("scheduling.k8s.io", "priorityclasses"),
        ("coordination.k8s.io", "leases"),
        ("discovery.k8s.io", "endpointslices"),
        ("node.k8s.io", "runtimeclasses"),
    }.SelectMany(static pair => pair.Kinds.Split(' ').Select(kind => (kind, pair.Group)))
        .ToFrozenDictionary(static pair => pair.kind, static pair => pair.Group, StringComparer.Ordinal);

    /// <summary>The group of a kind; the core's when it is not known.</summary>
    internal static string Of(string resource) => Groups.GetValueOrDefault(resource, "");
}
