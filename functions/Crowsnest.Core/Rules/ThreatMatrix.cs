using System.Collections.Frozen;

namespace Crowsnest.Core.Rules;

/// <summary>The techniques of Microsoft's threat matrix for Kubernetes.</summary>
public static class ThreatMatrix
{
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["MS-TA9001"] = "Using cloud credentials",
        ["MS-TA9002"] = "Compromised image in registry",
        ["MS-TA9003"] = "Kubeconfig file",
        ["MS-TA9004"] = "Application vulnerability",
        ["MS-TA9005"] = "Exposed sensitive interfaces",
        ["MS-TA9006"] = "Exec into container",
        ["MS-TA9007"] = "Bash or cmd inside container",
        ["MS-TA9008"] = "New container",
        ["MS-TA9009"] = "Application exploit (RCE)",
        ["MS-TA9010"] = "SSH server running inside container",
        ["MS-TA9011"] = "Sidecar injection",
        ["MS-TA9012"] = "Backdoor container",
        ["MS-TA9013"] = "Writable hostPath mount",
        ["MS-TA9014"] = "Kubernetes CronJob",
        ["MS-TA9015"] = "Malicious admission controller",
        ["MS-TA9016"] = "Container service account",
        ["MS-TA9017"] = "Static pods",
        ["MS-TA9018"] = "Privileged container",
        ["MS-TA9019"] = "Cluster-admin binding",
        ["MS-TA9020"] = "Access cloud resources",
        ["MS-TA9021"] = "Clear container logs",
        ["MS-TA9022"] = "Delete events",
        ["MS-TA9023"] = "Pod or container name similarity",
        ["MS-TA9024"] = "Connect from proxy server",
        ["MS-TA9025"] = "List Kubernetes secrets",
        ["MS-TA9026"] = "Mount service principal",
        ["MS-TA9027"] = "Application credentials in configuration files",
        ["MS-TA9028"] = "Access managed identity credentials",
        ["MS-TA9029"] = "Access Kubernetes API server",
        ["MS-TA9030"] = "Access Kubelet API",
        ["MS-TA9031"] = "Network mapping",
        ["MS-TA9032"] = "Exposed sensitive interfaces, from inside",
        ["MS-TA9033"] = "Instance metadata API",
        ["MS-TA9034"] = "Cluster internal networking",
        ["MS-TA9035"] = "CoreDNS poisoning",
        ["MS-TA9036"] = "ARP poisoning and IP spoofing",
        ["MS-TA9037"] = "Images from a private registry",
        ["MS-TA9038"] = "Data destruction",
        ["MS-TA9039"] = "Resource hijacking",
        ["MS-TA9040"] = "Denial of service",
        ["MS-TA9041"] = "Collecting data from pod",
    }.ToFrozenDictionary();

    /// <summary>Ids with their names, in order.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Techniques => Names.OrderBy(static pair => pair.Key, StringComparer.Ordinal);

    public static bool Has(string id) => Names.ContainsKey(id);
}
