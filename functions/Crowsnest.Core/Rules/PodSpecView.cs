using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// One view of the pod specification that a write carries, whatever object carries it: a pod, a workload's template, a
/// CronJob's job template, or what a patch sets of these; regular, init and ephemeral containers alike.
/// </summary>
/// <param name="Specs">The specification, or nothing.</param>
/// <param name="Containers">The containers in it.</param>
/// <param name="IsUnfollowed">True when the object holds more than was looked through, or a text that can't be read.</param>
internal sealed record PodSpecView(IReadOnlyList<JsonElement> Specs, IReadOnlyList<JsonElement> Containers, bool IsUnfollowed = false)
{
    private const string Ephemeral = "ephemeralContainers";

    private static readonly string[] ContainerLists = ["containers", "initContainers", Ephemeral];
    private static readonly PodSpecView None = new([], []);

    /// <summary>True when the event writes an object that holds a pod specification.</summary>
    internal static bool MayCarry(AuditEvent audit) => FieldScope.PodSpec.Covers(audit)
        && (CustomPodSpecs.Has(audit.ObjectRef) || !CustomPodSpecs.IsOnly(audit.ObjectRef.Resource));

    internal static PodSpecView Of(EventView view)
    {
        AuditEvent audit = view.Event;
        if (CustomPodSpecs.Has(audit.ObjectRef) && MayCarry(audit))
        {
            return CustomPodSpecs.Of(view);
        }

        if (!MayCarry(audit) || ControllerWriteBack.IsWriteBack(view))
        {
            return None;
        }

        JsonElement? spec = Spec(audit, view.Request);
        List<JsonElement> containers = [];
        if (audit.ObjectRef.Subresource.Length > 0)
        {
            // The pod around a new debug container was judged when it came. Before 1.22 there was no pod around the list.
            containers.AddRange((spec ?? default).Items(Ephemeral));
            containers.AddRange(view.Request.Items(Ephemeral));
            return new PodSpecView([], containers);
        }

        if (spec is null)
        {
            return None;
        }

        foreach (string name in ContainerLists)
        {
            containers.AddRange(spec.Value.Items(name));
        }

        return new PodSpecView([spec.Value], containers);
    }

    // Where the API has it, by resource: whatever else the body holds is dropped by the API server.
    internal static JsonElement? Spec(AuditEvent audit, JsonElement body)
    {
        JsonElement at = body;
        foreach (string name in PodSchema.PathOf(audit.ObjectRef.Resource))
        {
            at = at.Member(name);
        }

        return at.ValueKind == JsonValueKind.Object ? at : null;
    }
}
