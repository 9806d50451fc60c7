using System.Collections.Frozen;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Policy;

/// <summary>The API groups of Kubernetes' own kinds, for rules that name a kind alone.</summary>
internal static class ApiGroups
{
    private static readonly (string Group, string Kinds)[] Known =
    [
        ("", "pods services configmaps secrets serviceaccounts namespaces nodes persistentvolumes persistentvolumeclaims events endpoints "
            + "replicationcontrollers podtemplates resourcequotas limitranges componentstatuses bindings"),
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
        ("snapshot.storage.k8s.io", "volumesnapshots"),
        ("policy.networking.k8s.io", "adminnetworkpolicies baselineadminnetworkpolicies"),

        // Of what is often installed.
        ("security.openshift.io", "securitycontextconstraints"),
        ("user.openshift.io", "groups identities users useridentitymappings"),
        ("oauth.openshift.io", "oauthaccesstokens oauthauthorizetokens oauthclientauthorizations oauthclients"),
        ("config.openshift.io", "oauths authentications"),
        ("operators.coreos.com", "catalogsources operatorgroups subscriptions"),
        ("olm.operatorframework.io", "clustercatalogs clusterextensions"),
        ("cilium.io", "ciliumnetworkpolicies ciliumclusterwidenetworkpolicies tracingpolicies tracingpoliciesnamespaced"),
        ("crd.projectcalico.org", "globalnetworkpolicies networkpolicies"),
        ("projectcalico.org", "globalnetworkpolicies networkpolicies"),
        ("k8s.nginx.org", "virtualservers virtualserverroutes transportservers"),
        ("argoproj.io", "applications applicationsets"),
        ("helm.toolkit.fluxcd.io", "helmreleases"),
        ("kustomize.toolkit.fluxcd.io", "kustomizations"),
        ("infra.contrib.fluxcd.io", "terraforms"),
        ("helm.cattle.io", "helmcharts helmchartconfigs"),
        ("k3s.cattle.io", "addons"),
        ("fleet.cattle.io", "bundles gitrepos helmops"),
        ("catalog.cattle.io", "apps clusterrepos"),
        ("management.cattle.io", "globalroles globalrolebindings roletemplates clusterroletemplatebindings"),
        ("addons.cluster.x-k8s.io", "clusterresourcesets helmchartproxies"),
        ("pkg.crossplane.io", "providers functions configurations deploymentruntimeconfigs controllerconfigs"),
        ("kubernetes.crossplane.io", "providerconfigs observedobjectcollections"),
        ("helm.crossplane.io", "releases providerconfigs"),
        ("apps.open-cluster-management.io", "channels subscriptions"),
        ("packaging.carvel.dev", "packageinstalls"),
        ("kappctrl.k14s.io", "apps"),
        ("configsync.gke.io", "rootsyncs reposyncs"),
        ("datadoghq.com", "datadogagents"),
        ("dynatrace.com", "dynakubes"),
        ("falcon.crowdstrike.com", "falconcontainers falcondeployments falconnodesensors"),
        ("operator.aquasec.com", "aquaenforcers aquakubeenforcers"),
        ("platform.stackrox.io", "securedclusters"),
    ];

    private static readonly FrozenDictionary<string, string[]> Groups = Known
        .SelectMany(static pair => pair.Kinds.Split(' ').Select(kind => (Kind: kind, pair.Group)))
        .Concat(CustomPodSpecs.Named.Select(static name => (Kind: name.Split('/')[1], Group: name.Split('/')[0])))
        .GroupBy(static pair => pair.Kind, static pair => pair.Group, StringComparer.Ordinal)
        .ToFrozenDictionary(static group => group.Key, static group => group.Distinct().ToArray(), StringComparer.Ordinal);

    /// <summary>The group of a kind; the core's when it is not known.</summary>
    internal static string Of(string resource) => AllOf(resource) is [string first, ..] ? first : "";

    /// <summary>The groups that have a kind of the name, Kubernetes' own first; none when it is not known.</summary>
    internal static IReadOnlyList<string> AllOf(string resource) => Groups.GetValueOrDefault(resource, []);
}
