using System.Collections.Frozen;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>Which events a view of a body can say anything about. The index leaves the others out.</summary>
/// <param name="Verbs">Verbs, or null for any.</param>
/// <param name="Resources">Resources, or null for any.</param>
/// <param name="Subresources">Subresources, empty for none, or null for any.</param>
internal sealed record FieldScope(
    FrozenSet<string>? Verbs,
    FrozenSet<string>? Resources,
    FrozenSet<string>? Subresources)
{
    private static readonly FrozenSet<string> Writes = FrozenSet.ToFrozenSet(["create", "update", "patch"]);

    internal static FieldScope Everything { get; } = new(null, null, null);

    internal static FieldScope PodSpec { get; } = new(
        Writes,
        FrozenSet.ToFrozenSet([.. PodSchema.Resources, .. CustomPodSpecs.Resources]),
        FrozenSet.ToFrozenSet(["", "ephemeralcontainers"]));

    internal static FieldScope Grant { get; } = new(
        Writes,
        FrozenSet.ToFrozenSet(["roles", "clusterroles", "rolebindings", "clusterrolebindings"]),
        null);

    internal static FieldScope Exposure { get; } = new(
        Writes, FrozenSet.ToFrozenSet(["services", "ingresses"]), FrozenSet.ToFrozenSet([""]));

    internal static FieldScope Volume { get; } = new(
        Writes, FrozenSet.ToFrozenSet(["persistentvolumes"]), FrozenSet.ToFrozenSet([""]));

    internal static FieldScope Ingress { get; } = new(
        Writes,
        FrozenSet.ToFrozenSet(["ingresses", "configmaps", "virtualservers", "virtualserverroutes", "transportservers"]),
        FrozenSet.ToFrozenSet([""]));

    internal static FieldScope SigningRequest { get; } = new(null, FrozenSet.ToFrozenSet(["certificatesigningrequests"]), null);

    internal static FieldScope Command { get; } = new(null, null, FrozenSet.ToFrozenSet(["exec", "attach"]));

    /// <summary>True when the event is of this kind.</summary>
    internal bool Covers(AuditEvent audit) =>
        (Verbs?.Contains(audit.Verb) ?? true)
        && (Resources?.Contains(audit.ObjectRef.Resource) ?? true)
        && (Subresources?.Contains(audit.ObjectRef.Subresource) ?? true);

    /// <summary>The values of the field that events in this scope have, or null for any.</summary>
    internal FrozenSet<string>? Of(string field) => field switch
    {
        "verb" => Verbs,
        "objectRef.resource" => Resources,
        "objectRef.subresource" => Subresources,
        _ => null,
    };
}
