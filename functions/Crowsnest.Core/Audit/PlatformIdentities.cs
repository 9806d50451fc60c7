using System.Collections.Frozen;

namespace Crowsnest.Core.Audit;

/// <summary>
/// The identities that come with clusters, each by its whole name: whoever may make accounts in a namespace, or certificates
/// for a name, chooses the beginning freely. An identity of the platform is judged lower, never left out; one that is
/// missing here is judged in full, until the cluster's own days make what it does its baseline.
/// </summary>
internal static class PlatformIdentities
{
    private static readonly FrozenSet<string> Users = FrozenSet.ToFrozenSet(
    [
        // Every cluster: components that sign in with certificates or tokens of the control plane.
        "system:apiserver", "system:kube-apiserver", "system:kube-controller-manager", "system:kube-scheduler",
        "system:kube-proxy", "system:cloud-controller-manager", "system:konnectivity-server", "system:aggregator",
        "front-proxy-client",
        // AKS.
        "aksService", "aksProblemDetector", "hcpService", "acsService", "readinessChecker",
        // EKS.
        "eks:addon-manager", "eks:authenticator", "eks:az-poller", "eks:certificate-controller", "eks:cloud-controller-manager",
        "eks:cluster-bootstrap", "eks:cluster-event-watcher", "eks:coredns-autoscaler", "eks:extension-metrics-apiserver",
        "eks:fargate-manager", "eks:fargate-scheduler", "eks:k8s-metrics", "eks:kms-storage-migrator",
        "eks:network-policy-controller", "eks:node-manager", "eks:nodewatcher", "eks:pod-identity-mutating-webhook",
        "eks:service-operations", "eks:service-operations-configmaps", "eks:tagging-controller", "eks:vpc-resource-controller",
        // GKE.
        "system:addon-manager", "system:cluster-autoscaler", "system:clustermetrics", "system:gcp-controller-manager",
        "system:gke-common-webhooks", "system:gke-controller", "system:gke-hpa-actor", "system:gke-master-healthcheck",
        "system:glbc", "system:kubestore-collector", "system:l7-lb-controller", "system:maintenance-controller",
        "system:managed-certificate-controller", "system:node-problem-detector", "system:pdcsi-controller",
        "system:resource-tracker", "system:storageversionmigrator", "system:vpa-recommender",
        // k3s and RKE.
        "system:k3s-controller", "system:k3s-supervisor", "system:rke2-controller", "system:rke2-supervisor", "kube-apiserver",
        // OpenShift.
        "system:openshift-aggregator", "system:openshift-controller-manager", "system:openshift-master",
    ]);

    private static readonly FrozenSet<string> ServiceAccounts = FrozenSet.ToFrozenSet<string>(
    [
        // The controllers of kube-controller-manager (kubernetes/cmd/kube-controller-manager/names and their service accounts).
        .. In(
            "kube-system",
            "attachdetach-controller", "bootstrap-signer", "certificate-controller", "cloud-node-controller",
            "cloud-node-lifecycle-controller", "clusterrole-aggregation-controller", "cronjob-controller", "daemon-set-controller",
            "deployment-controller", "device-taint-eviction-controller", "disruption-controller", "endpoint-controller",
            "endpointslice-controller", "endpointslicemirroring-controller", "ephemeral-volume-controller", "expand-controller",
            "generic-garbage-collector", "horizontal-pod-autoscaler", "job-controller",
            "kube-apiserver-serving-clustertrustbundle-publisher", "legacy-service-account-token-cleaner", "namespace-controller",
            "node-controller", "persistent-volume-binder", "pod-garbage-collector", "pv-protection-controller",
            "pvc-protection-controller", "replicaset-controller", "replication-controller", "resource-claim-controller",
            "resourcequota-controller", "root-ca-cert-publisher", "route-controller", "selinux-warning-controller",
            "service-account-controller", "service-cidrs-controller", "service-controller", "statefulset-controller",
            "storage-version-garbage-collector", "storage-version-migrator-controller", "taint-eviction-controller",
            "token-cleaner", "tokens-controller", "ttl-after-finished-controller", "ttl-controller",
            "validatingadmissionpolicy-status-controller", "volumeattributesclass-protection-controller"),
        // Add-ons that come with clusters of every kind.
        .. In(
            "kube-system",
            "cluster-autoscaler", "coredns", "coredns-autoscaler", "kube-dns", "kube-dns-autoscaler", "kube-proxy",
            "konnectivity-agent", "metrics-server", "node-problem-detector", "storage-provisioner", "cloud-controller-manager",
            "kindnet", "local-path-provisioner-service-account"),
        // Networks.
        .. In(
            "kube-system",
            "calico-cni-plugin", "calico-kube-controllers", "calico-node", "cilium", "cilium-envoy", "cilium-operator",
            "hubble-relay", "flannel", "weave-net", "antrea-agent", "antrea-controller"),
        // AKS.
        .. In(
            "kube-system",
            "aks-secrets-store-csi-driver", "aks-secrets-store-provider-azure", "ama-logs", "ama-metrics-ksm",
            "ama-metrics-serviceaccount", "azure-cloud-provider", "azure-cns", "azure-ip-masq-agent", "azure-npm", "azure-policy",
            "azure-policy-webhook-account", "azure-wi-webhook-admin", "cloud-node-manager", "csi-azuredisk-controller-sa",
            "csi-azuredisk-node-sa", "csi-azurefile-controller-sa", "csi-azurefile-node-sa", "csi-blob-controller-sa",
            "csi-blob-node-sa", "extension-agent", "extension-operator", "keda-operator", "microsoft-defender-collector",
            "microsoft-defender-publisher", "omsagent", "retina-agent"),
        // EKS.
        .. In(
            "kube-system",
            "aws-cloud-provider", "aws-load-balancer-controller", "aws-node", "ebs-csi-controller-sa", "ebs-csi-node-sa",
            "efs-csi-controller-sa", "efs-csi-node-sa", "eks-pod-identity-agent", "fsx-csi-controller-sa", "fsx-csi-node-sa",
            "vpc-resource-controller"),
        // GKE.
        .. In(
            "kube-system",
            "event-exporter-sa", "fluentbit-gke", "gke-metadata-server", "gke-metrics-agent", "konnectivity-agent-cpha",
            "metadata-agent", "metadata-proxy", "netd", "pdcsi-node-sa", "antrea-cpha"),
        // k3s and RKE2.
        .. In(
            "kube-system",
            "helm-traefik", "helm-traefik-crd", "helm-rke2-canal", "helm-rke2-coredns", "helm-rke2-ingress-nginx",
            "helm-rke2-metrics-server", "rke2-ingress-nginx", "svclb", "traefik", "canal", "rke2-metrics-server"),
        .. In("kube-flannel", "flannel"),
        .. In(
            "calico-system",
            "calico-apiserver", "calico-cni-plugin", "calico-kube-controllers", "calico-node", "calico-typha", "csi-node-driver"),
        .. In("calico-apiserver", "calico-apiserver"),
        .. In("tigera-operator", "tigera-operator"),
        // Azure Policy.
        .. In("gatekeeper-system", "gatekeeper-admin"),
        // OpenShift: the operators that make up the platform.
        .. In("openshift-cluster-version", "default"),
        .. In(
            "openshift-infra",
            "build-config-change-controller", "build-controller", "cluster-quota-reconciliation-controller",
            "default-rolebindings-controller", "deployer-controller", "deploymentconfig-controller", "image-import-controller",
            "image-trigger-controller", "ingress-to-route-controller", "namespace-security-allocation-controller",
            "origin-namespace-controller", "podsecurity-admission-label-syncer-controller", "resourcequota-controller",
            "service-ca", "serviceaccount-controller", "serviceaccount-pull-secrets-controller", "template-instance-controller",
            "template-instance-finalizer-controller", "unidling-controller"),
        .. In("openshift-apiserver", "openshift-apiserver-sa"),
        .. In("openshift-apiserver-operator", "openshift-apiserver-operator"),
        .. In("openshift-authentication", "oauth-openshift"),
        .. In("openshift-authentication-operator", "authentication-operator"),
        .. In("openshift-cloud-credential-operator", "cloud-credential-operator"),
        .. In(
            "openshift-cluster-csi-drivers",
            "aws-ebs-csi-driver-controller-sa", "aws-ebs-csi-driver-operator", "azure-disk-csi-driver-controller-sa",
            "azure-disk-csi-driver-operator"),
        .. In("openshift-console-operator", "console-operator"),
        .. In("openshift-monitoring", "cluster-monitoring-operator"),
        .. In("openshift-config-operator", "openshift-config-operator"),
        .. In("openshift-controller-manager", "openshift-controller-manager-sa"),
        .. In("openshift-controller-manager-operator", "openshift-controller-manager-operator"),
        .. In("openshift-dns", "dns"),
        .. In("openshift-dns-operator", "dns-operator"),
        .. In("openshift-etcd-operator", "etcd-operator"),
        .. In("openshift-ingress", "router"),
        .. In("openshift-ingress-operator", "ingress-operator"),
        .. In("openshift-kube-apiserver", "localhost-recovery-client"),
        .. In("openshift-kube-apiserver-operator", "kube-apiserver-operator"),
        .. In("openshift-kube-controller-manager", "localhost-recovery-client"),
        .. In("openshift-kube-controller-manager-operator", "kube-controller-manager-operator"),
        .. In("openshift-kube-scheduler", "localhost-recovery-client", "openshift-kube-scheduler-sa"),
        .. In("openshift-kube-scheduler-operator", "openshift-kube-scheduler-operator"),
        .. In("openshift-machine-api", "cluster-autoscaler", "machine-api-controllers", "machine-api-operator"),
        .. In(
            "openshift-machine-config-operator",
            "machine-config-controller", "machine-config-daemon", "machine-config-operator", "machine-config-server",
            "node-bootstrapper"),
        .. In("openshift-multus", "metrics-daemon-sa", "multus", "multus-ac"),
        .. In("openshift-network-operator", "cluster-network-operator", "iptables-alerter"),
        .. In("openshift-oauth-apiserver", "oauth-apiserver-sa"),
        .. In("openshift-operator-lifecycle-manager", "collect-profiles", "olm-operator-serviceaccount"),
        .. In("openshift-ovn-kubernetes", "ovn-kubernetes-control-plane", "ovn-kubernetes-node"),
        .. In("openshift-service-ca", "service-ca"),
        .. In("openshift-service-ca-operator", "service-ca-operator"),
    ]);

    /// <summary>True for a component that is no service account.</summary>
    internal static bool IsUser(string username) => Users.Contains(username);

    /// <summary>True for a service account of the control plane or of an add-on.</summary>
    internal static bool IsServiceAccount(string username) => ServiceAccounts.Contains(username);

    private static IEnumerable<string> In(string ns, params string[] names) =>
        names.Select(name => $"{PrincipalClassifier.ServiceAccountPrefix}{ns}:{name}");
}
