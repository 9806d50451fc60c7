using System.Collections.Frozen;

namespace Crowsnest.Core.Alerting;

/// <summary>
/// Which members of a record are shown with their values. Anything can be a credential where the writer chose the name: in the
/// data of a config map, a label, an annotation, a variable, a custom resource. So values are shown by list, and each group of
/// the list answers a question of the analyst; all else is told by its shape. What is shown is redacted as well.
/// </summary>
internal static class EvidenceFields
{
    private static readonly FrozenSet<string> Shown = FrozenSet.Create(
        StringComparer.Ordinal,
        [
            // Which record it is, and when: envelopes of platforms and the event itself.
            "category", "time", "operationName", "resourceId", "cluster", "environment", "Cloud", "stream", "pod", "region", "kind",
            "apiVersion",
            "level", "stage", "auditID", "requestReceivedTimestamp", "stageTimestamp", "timestamp", "creationTimestamp",
            "deletionTimestamp", "truncated",

            // Who: identities, what was assumed, from where and with what program.
            "username", "uid", "user", "groups", "sourceIPs", "userAgent", "serviceAccountName", "serviceAccount",

            // What: the request, its object, and how it ended.
            "verb", "requestURI", "resource", "subresource", "namespace", "name", "generateName", "apiGroup", "resourceVersion",
            "code", "status", "reason",
            "message", "phase", "field", "fieldManager", "propagationPolicy", "dryRun", "gracePeriodSeconds", "generation",
            "blockOwnerDeletion",

            // What runs, on which node, and what it may reach there.
            "image", "imagePullPolicy", "command", "args", "workingDir", "mountPath", "mountPropagation", "subPath", "path",
            "readOnly", "nodeName", "schedule", "suspend",
            "replicas", "restartPolicy", "runtimeClassName", "priorityClassName", "schedulerName", "effect", "operator", "driver",
            "medium", "claimName",
            "secretName", "configMapName", "optional", "procMount", "add", "drop", "runAsUser", "runAsGroup", "runAsUserName",
            "gmsaCredentialSpecName", "fsGroup",
            "supplementalGroups", "localhostProfile", "sysctls", "targetContainerName", "expirationSeconds", "audience", "fieldPath",
            "container",

            // How it can be reached, and where requests go.
            "containerPort", "hostPort", "hostIP", "podIP", "ip", "port", "targetPort", "nodePort", "protocol", "type", "clusterIP",
            "clusterIPs", "externalIPs",
            "externalName", "loadBalancerIP", "loadBalancerSourceRanges", "externalTrafficPolicy", "cidr", "except", "policyTypes",
            "host", "hosts", "pathType",
            "ingressClassName", "url", "failurePolicy", "sideEffects", "matchPolicy", "operations", "scope", "insecureSkipTLSVerify",
            "groupPriorityMinimum",

            // What is granted: RBAC, reviews of access, requests for certificates.
            "verbs", "apiGroups", "apiVersions", "resources", "resourceNames", "nonResourceURLs", "group", "version", "allowed",
            "denied", "signerName", "usages",

            // The steps of a patch; their values are told as those of the path's last member.
            "op", "from", "$patch",
        ]);

    // Maps whose members the writer names.
    private static readonly FrozenSet<string> Free = FrozenSet.Create(
        StringComparer.Ordinal,
        "data", "stringData", "binaryData", "labels", "annotations", "matchLabels", "nodeSelector", "selector", "managedFields",
        "encryptedData", "parameters",
        "extra", "env", "values", "config", "auth", "credentials", "secret", "token", "attributes", "volumeAttributes", "options",
        "flexVolume", "httpHeaders");

    // Labels and annotations of Kubernetes and of the platforms that say what an object may do or whose it is.
    private static readonly string[] KnownKeys =
    [
        "authorization.k8s.io/", "authentication.k8s.io/", "authentication.kubernetes.io/", "pod-security.kubernetes.io/",
        "admission.k8s.io/", "k8s.io/", "rbac.authorization.kubernetes.io/",
        "mutation.webhook.admission.k8s.io/", "patch.webhook.admission.k8s.io/round_0_index_0", "validation.policy.admission.k8s.io/",
        "apiserver.latency.k8s.io/",
        "app.kubernetes.io/", "node-role.kubernetes.io/", "node.kubernetes.io/", "kubernetes.io/hostname", "kubernetes.io/os",
        "kubernetes.io/metadata.name",
        "kubernetes.io/service-account.name", "kubernetes.io/service-account.uid", "deployment.kubernetes.io/", "batch.kubernetes.io/",
        "azure.workload.identity/",
        "eks.amazonaws.com/role-arn", "iam.gke.io/gcp-service-account", "container.apparmor.security.beta.kubernetes.io/", "meta.helm.sh/",
    ];

    // The identity's own, and the plain labels that workloads are told apart by.
    private static readonly FrozenSet<string> KnownLabels =
        FrozenSet.Create(StringComparer.Ordinal, "app", "k8s-app", "component", "tier", "pod-template-hash", "job-name", "oid",
            "principalid", "arn", "sessionName");

    /// <summary>True when the member's value is shown.</summary>
    internal static bool IsShown(string member) => Shown.Contains(member);

    /// <summary>True when the writer chose what the members of the map are called.</summary>
    internal static bool IsFree(string member) => Free.Contains(member);

    /// <summary>True when such a map's member is one whose meaning is known.</summary>
    internal static bool IsKnownKey(string key) =>
        KnownLabels.Contains(key) || Array.Exists(KnownKeys, known => key.StartsWith(known, StringComparison.Ordinal));

    /// <summary>True when the value is the name or id of something.</summary>
    internal static bool IsName(string member) =>
        member is "name" or "namespace" or "username" or "user" or "uid" or "groups" or "auditID" or "generateName" or "nodeName"
        or "resourceId" or "resourceVersion" or "serviceAccountName" or "serviceAccount" or "secretName" or "resourceNames"
            or "claimName" or "pod" or "cluster";
}
