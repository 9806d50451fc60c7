using System.Collections.Frozen;
using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Tells what Kubernetes' own controllers do in answer to somebody else's write: the ReplicaSet of a Deployment, the Pods of
/// that, and the status they write back. It is a write-back of the write, not an act of its own.
/// </summary>
internal static class ControllerWriteBack
{
    // The controllers of kube-controller-manager that make or write back objects with a pod specification
    // (kubernetes/cmd/kube-controller-manager/names), and the scheduler.
    private static readonly FrozenSet<string> Controllers = FrozenSet.ToFrozenSet(
    [
        "system:kube-scheduler",
        "system:kube-controller-manager",
        "system:serviceaccount:kube-system:cronjob-controller",
        "system:serviceaccount:kube-system:daemon-set-controller",
        "system:serviceaccount:kube-system:deployment-controller",
        "system:serviceaccount:kube-system:disruption-controller",
        "system:serviceaccount:kube-system:generic-garbage-collector",
        "system:serviceaccount:kube-system:horizontal-pod-autoscaler",
        "system:serviceaccount:kube-system:job-controller",
        "system:serviceaccount:kube-system:node-controller",
        "system:serviceaccount:kube-system:pod-garbage-collector",
        "system:serviceaccount:kube-system:replicaset-controller",
        "system:serviceaccount:kube-system:replication-controller",
        "system:serviceaccount:kube-system:statefulset-controller",
        "system:serviceaccount:kube-system:ttl-after-finished-controller",
    ]);

    /// <summary>True when a controller writes back an object that is there already: it adds nothing to what was judged.</summary>
    internal static bool IsWriteBack(AuditEvent audit) => audit.Verb != "create" && Controllers.Contains(audit.Principal);

    /// <summary>True when the event is the answer of a controller. A pod that names no owner is the controller's own act.</summary>
    internal static bool Is(EventView view) =>
        PodSpecView.MayCarry(view.Event) && Controllers.Contains(view.Event.Principal)
        && (view.Event.Verb != "create" || Owner(view).ValueKind == JsonValueKind.Object);

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
        JsonElement owner = Owner(view);
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

    private static JsonElement Owner(EventView view)
    {
        foreach (JsonElement owner in view.Request.Member("metadata").Items("ownerReferences"))
        {
            if (owner.IsTrue("controller"))
            {
                return owner;
            }
        }

        return default;
    }
}
