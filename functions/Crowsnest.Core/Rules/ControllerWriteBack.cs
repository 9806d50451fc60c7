using System.Collections.Frozen;
using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Tells what Kubernetes' own controllers do in answer to somebody else's write: the ReplicaSet of a Deployment, the Pods of
/// that, what they write back, what they put into a new namespace and clear out of one that ends. It is a write-back of the
/// write, not an act of its own. A controller's token can be stolen; so it is one only if all that the event itself shows is as
/// that controller does it.
/// </summary>
internal static class ControllerWriteBack
{
    private const string Manager = "system:kube-controller-manager";

    private const string NamespaceController = "system:serviceaccount:kube-system:namespace-controller";
    private const string RootCaPublisher = "system:serviceaccount:kube-system:root-ca-cert-publisher";

    // Of a longer owner's name the Job controller leaves this at least: 63, less 5 that the server adds, less an index like -99999-.
    private const int LongestWhole = 51;

    // What controllers make, each for the owner it works for (kubernetes/pkg/controller; API groups without the version,
    // which changed over the years).
    private static readonly Making[] Made =
    [
        new("replicaset-controller", "pods", "ReplicaSet", "apps"),
        new("deployment-controller", "replicasets", "Deployment", "apps"),
        new("daemon-set-controller", "pods", "DaemonSet", "apps"),
        new("statefulset-controller", "pods", "StatefulSet", "apps"),
        new("job-controller", "pods", "Job", "batch"),
        new("cronjob-controller", "jobs", "CronJob", "batch"),
        new("replication-controller", "pods", "ReplicationController", ""),
    ];

    // Those that change only what is around a specification: owners, finalizers, conditions. With the makers, all of
    // kube-controller-manager that write objects with a pod specification (kubernetes/cmd/kube-controller-manager/names).
    private static readonly string[] Keepers =
    [
        "disruption-controller", "generic-garbage-collector", "horizontal-pod-autoscaler", "node-controller", "pod-garbage-collector",
        "taint-eviction-controller", "ttl-after-finished-controller",
    ];

    private static readonly FrozenDictionary<string, Making?> Controllers = Made
        .Select(static making => (making.Controller, Making: (Making?)making))
        .Concat(Keepers.Select(static keeper => (Controller: keeper, Making: (Making?)null)))
        .ToFrozenDictionary(
            static pair => "system:serviceaccount:kube-system:" + pair.Controller, static pair => pair.Making, StringComparer.Ordinal);

    /// <summary>True when a controller writes back an object that is there already: it adds nothing to what was judged.</summary>
    internal static bool IsWriteBack(EventView view) => view.Event.Verb != "create" && view.IsWriteBack;

    /// <summary>True when the event is the answer of a controller. A pod that names no owner is the controller's own act.</summary>
    internal static bool Is(EventView view)
    {
        AuditEvent audit = view.Event;
        if (IsOfNamespace(audit))
        {
            return ControllerClient.IsManager(audit);
        }

        if (!PodSpecView.MayCarry(audit) || !IsController(audit) || !ControllerClient.IsManager(audit))
        {
            return false;
        }

        // Without a specification it says nothing that could be judged, and neither does an event whose body was not logged.
        bool hasSpec = PodSpecView.Spec(audit, view.Request) is not null;
        return (audit.Verb != "create" && !hasSpec && !view.IsUnfollowed) || IsForOwner(audit, view.Request);
    }

    /// <summary>
    /// The workloads that the event may be about, as namespace/name: the object itself, or the owners that its name and its
    /// ownerReferences point to. Empty when it is about none.
    /// </summary>
    internal static IReadOnlyList<string> Workloads(EventView view)
    {
        if (!PodSpecView.MayCarry(view.Event))
        {
            return [];
        }

        string ns = view.Event.ObjectRef.Namespace;
        JsonElement owner = Owner(view.Request);
        if (owner.ValueKind != JsonValueKind.Object)
        {
            string name = view.Event.ObjectRef.Name;
            return name.Length == 0 ? [] : [$"{ns}/{name}"];
        }

        // A ReplicaSet is named after its Deployment and a hash, a CronJob's Job after it and a number.
        string direct = owner.Text("name");
        int dash = direct.LastIndexOf('-');
        return dash > 0 && owner.Text("kind") is "ReplicaSet" or "Job"
            ? [$"{ns}/{direct}", $"{ns}/{direct[..dash]}"]
            : [$"{ns}/{direct}"];
    }

    // The answers to a namespace that begins and to one that ends.
    private static bool IsOfNamespace(AuditEvent audit) => audit.ObjectRef.Namespace.Length > 0 && audit.Principal switch
    {
        NamespaceController => audit.Verb is "delete" or "deletecollection",
        RootCaPublisher => audit is { Verb: "create", ObjectRef: { Resource: "configmaps", Name: "kube-root-ca.crt" } },
        _ => false,
    };

    private static bool IsController(AuditEvent audit) => audit.Principal == Manager || Controllers.ContainsKey(audit.Principal);

    private static bool IsForOwner(AuditEvent audit, JsonElement body)
    {
        JsonElement owner = Owner(body);
        string version = owner.Text("apiVersion");
        string group = version.Contains('/', StringComparison.Ordinal) ? version[..version.IndexOf('/', StringComparison.Ordinal)] : "";
        bool isMade = Array.Exists(Made, making => making.Resource == audit.ObjectRef.Resource && making.OwnerKind == owner.Text("kind")
            && (making.OwnerGroup == group || (making.OwnerGroup == "apps" && group == "extensions"))
            && (audit.Principal == Manager || Controllers[audit.Principal] == making));
        return isMade && version.Length > 0 && owner.Text("uid").Length > 0 && IsNamedAfter(owner.Text("name"), audit, body);
    }

    // A controller names what it makes after the owner: NAME-, which the server completes, or NAME-HASH. Long names it cuts.
    private static bool IsNamedAfter(string owner, AuditEvent audit, JsonElement body)
    {
        JsonElement metadata = body.Member("metadata");
        string name = metadata.Text("generateName") is { Length: > 0 } prefix ? prefix
            : metadata.Text("name") is { Length: > 0 } own ? own : audit.ObjectRef.Name;
        int common = Math.Min(owner.Length, LongestWhole);
        return owner.Length > 0 && name.Length > common && name.AsSpan(0, common).SequenceEqual(owner.AsSpan(0, common))
            && (name[common] == '-' || owner.Length > common);
    }

    private static JsonElement Owner(JsonElement body)
    {
        foreach (JsonElement owner in body.Member("metadata").Items("ownerReferences"))
        {
            if (owner.IsTrue("controller"))
            {
                return owner;
            }
        }

        return default;
    }

    private sealed record Making(string Controller, string Resource, string OwnerKind, string OwnerGroup);
}
