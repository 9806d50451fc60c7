using System.Text.Json;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Policy;

/// <summary>A rule of a role, as the API server's authorizer reads it.</summary>
internal sealed record RbacRule(
    IReadOnlyList<string> Verbs,
    IReadOnlyList<string> Groups,
    IReadOnlyList<string> Resources,
    IReadOnlyList<string> Names)
{
    internal static RbacRule All { get; } = new(["*"], ["*"], ["*"], []);

    internal static RbacRule Of(JsonElement rule) =>
        new(rule.Texts("verbs"), rule.Texts("apiGroups"), rule.Texts("resources"), rule.Texts("resourceNames"));

    /// <summary>True when it is about the objects. No group and no name ask for any; a part of a kind follows a slash.</summary>
    internal bool Covers(string? group, string resource, string name) =>
        (group is null || Groups.Contains("*") || Groups.Contains(group))
        && Resources.Any(one => one == "*" || one == resource
            || (one.StartsWith("*/", StringComparison.Ordinal) && resource.EndsWith(one[1..], StringComparison.Ordinal)))
        && (Names.Count == 0 || name.Length == 0 || Names.Contains(name));
}
