using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// One view of the pod specification that a request carries, whatever object carries it: a pod, a workload's template or a
/// CronJob's job template; regular, init and ephemeral containers alike.
/// </summary>
internal static class PodSpecs
{
    private static readonly string[] ContainerLists = ["containers", "initContainers", "ephemeralContainers"];

    /// <summary>True when the event is about a kind of object that holds a pod specification.</summary>
    internal static bool MayCarry(AuditEvent audit) =>
        audit.ObjectRef.Resource is "pods" or "deployments" or "daemonsets" or "statefulsets" or "replicasets"
            or "replicationcontrollers" or "jobs" or "cronjobs" or "podtemplates";

    /// <summary>The pod specifications in the request body.</summary>
    internal static IEnumerable<JsonElement> Of(EventView view)
    {
        if (!MayCarry(view.Event))
        {
            return [];
        }

        JsonElement body = view.Request;
        return Spec(body) is { } spec ? [spec] : [];
    }

    /// <summary>The containers of every kind in the request body.</summary>
    internal static IEnumerable<JsonElement> Containers(EventView view)
    {
        foreach (JsonElement spec in Of(view))
        {
            foreach (string list in ContainerLists)
            {
                if (spec.TryGetProperty(list, out JsonElement containers))
                {
                    yield return containers;
                }
            }
        }
    }

    private static JsonElement? Spec(JsonElement body)
    {
        if (Child(body, "template") is { } podTemplate)
        {
            return Child(podTemplate, "spec");
        }

        if (Child(body, "spec") is not { } spec)
        {
            return null;
        }

        if (Child(spec, "jobTemplate") is { } jobTemplate)
        {
            return Spec(jobTemplate);
        }

        return Child(spec, "template") is { } template ? Child(template, "spec") : spec;
    }

    private static JsonElement? Child(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement child)
            && child.ValueKind == JsonValueKind.Object
            ? child
            : null;
}
