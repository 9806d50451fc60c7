using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>The names at the top of a pod specification and of a container (core/v1), so that a typing error in a rule shows.</summary>
internal static class PodSchema
{
    private static readonly FrozenSet<string> Fields = FrozenSet.ToFrozenSet(
    [
        "activeDeadlineSeconds", "affinity", "automountServiceAccountToken", "containers", "dnsConfig", "dnsPolicy",
        "enableServiceLinks", "ephemeralContainers", "hostAliases", "hostIPC", "hostNetwork", "hostPID", "hostUsers",
        "hostname", "hostnameOverride", "imagePullSecrets", "initContainers", "nodeName", "nodeSelector", "os", "overhead",
        "preemptionPolicy", "priority", "priorityClassName", "readinessGates", "resourceClaims", "resources",
        "restartPolicy", "runtimeClassName", "schedulerName", "schedulingGates", "securityContext", "serviceAccount",
        "serviceAccountName", "setHostnameAsFQDN", "shareProcessNamespace", "subdomain", "terminationGracePeriodSeconds",
        "tolerations", "topologySpreadConstraints", "volumes",
    ]);

    private static readonly FrozenSet<string> ContainerFields = FrozenSet.ToFrozenSet(
    [
        "args", "command", "env", "envFrom", "image", "imagePullPolicy", "lifecycle", "livenessProbe", "name", "ports",
        "readinessProbe", "resizePolicy", "resources", "restartPolicy", "restartPolicyRules", "securityContext",
        "startupProbe", "stdin", "stdinOnce", "targetContainerName", "terminationMessagePath", "terminationMessagePolicy",
        "tty", "volumeDevices", "volumeMounts", "workingDir",
    ]);

    private static readonly string[] InTemplate = ["spec", "template", "spec"];

    private static readonly FrozenDictionary<string, string[]> Paths = new Dictionary<string, string[]>
    {
        ["pods"] = ["spec"],
        ["podtemplates"] = ["template", "spec"],
        ["deployments"] = InTemplate,
        ["daemonsets"] = InTemplate,
        ["statefulsets"] = InTemplate,
        ["replicasets"] = InTemplate,
        ["replicationcontrollers"] = InTemplate,
        ["jobs"] = InTemplate,
        ["cronjobs"] = ["spec", "jobTemplate", "spec", "template", "spec"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The resources that carry a pod specification.</summary>
    internal static FrozenSet<string> Resources { get; } = Paths.Keys.ToFrozenSet();

    /// <summary>Where in the body the resource has its pod specification.</summary>
    internal static string[] PathOf(string resource) => Paths[resource];

    /// <summary>All names, as rules write them.</summary>
    internal static IEnumerable<string> Names =>
        Fields.Select(static name => "podSpec." + name).Concat(ContainerFields.Select(static name => "podSpec.containers." + name));

    internal static bool HasField(string path) => Fields.Contains(First(path));

    internal static bool HasContainerField(string path) => ContainerFields.Contains(First(path));

    private static string First(string path) => path.Split('.')[0];
}
