using System.Text.Json;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// One view of the pod specification that a write carries, whatever object carries it: a pod, a workload's template, a
/// CronJob's job template, or what a patch sets of these; regular, init and ephemeral containers alike.
/// </summary>
/// <param name="Specs">The specification, or nothing.</param>
/// <param name="Containers">The containers in it.</param>
internal sealed record PodSpecView(IReadOnlyList<JsonElement> Specs, IReadOnlyList<JsonElement> Containers)
{
    private const string Ephemeral = "ephemeralContainers";

    private static readonly string[] ContainerLists = ["containers", "initContainers", Ephemeral];
    private static readonly PodSpecView None = new([], []);

    /// <summary>True when the event writes an object that holds a pod specification.</summary>
    internal static bool MayCarry(AuditEvent audit) => FieldScope.PodSpec.Covers(audit)
        && (CustomPodSpecs.Has(audit.ObjectRef) || !CustomPodSpecs.IsOnly(audit.ObjectRef.Resource));

    internal static PodSpecView Of(EventView view)
    {
        if (CustomPodSpecs.Has(view.Event.ObjectRef) && MayCarry(view.Event))
        {
            return CustomPodSpecs.Of(view);
        }

        if (!MayCarry(view.Event) || ControllerWriteBack.IsWriteBack(view.Event) || Spec(view.Request) is not { } spec)
        {
            return None;
        }

        // The pod around a new debug container was judged when it came.
        bool onlyEphemeral = view.Event.ObjectRef.Subresource.Length > 0;
        List<JsonElement> containers = [];
        foreach (string name in onlyEphemeral ? [Ephemeral] : ContainerLists)
        {
            containers.AddRange(spec.Items(name));
        }

        return new PodSpecView(onlyEphemeral ? [] : [spec], containers);
    }

    private static JsonElement? Spec(JsonElement body)
    {
        if (Object(body, "template") is { } podTemplate)
        {
            return Object(podTemplate, "spec");
        }

        if (Object(body, "spec") is not { } spec)
        {
            return null;
        }

        if (Object(spec, "jobTemplate") is { } jobTemplate)
        {
            return Spec(jobTemplate);
        }

        return Object(spec, "template") is { } template ? Object(template, "spec") : spec;
    }

    private static JsonElement? Object(JsonElement parent, string name) =>
        parent.Member(name) is { ValueKind: JsonValueKind.Object } child ? child : null;
}
