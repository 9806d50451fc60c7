namespace Crowsnest.Core.Policy;

/// <summary>A power that somebody holds, needs, or both.</summary>
/// <param name="IsHeld">True when a role gives it, as far as the log shows roles.</param>
/// <param name="IsNeeded">True when the smallest roles have it.</param>
/// <param name="Verb">What may be done.</param>
/// <param name="Kind">API group and kind, or a path.</param>
/// <param name="Scope">The namespace, or empty for all.</param>
/// <param name="Names">Names of objects, or empty for any.</param>
public sealed record RoleDiff(bool IsHeld, bool IsNeeded, string Verb, string Kind, string Scope, string Names)
{
    /// <summary>The powers held and those needed, each verb and kind a line, in order of namespaces and kinds.</summary>
    /// <param name="state">What the log shows of roles and bindings.</param>
    /// <param name="subjects">The principal and its groups.</param>
    /// <param name="least">The smallest roles.</param>
    public static IReadOnlyList<RoleDiff> Of(RbacState state, IReadOnlySet<string> subjects, IReadOnlyList<LeastRule> least)
    {
        var held = state.RulesOf(subjects).SelectMany(static one => Lines(
            one.Scope, one.Rule.Groups, one.Rule.Resources, one.Rule.Verbs, one.Rule.Names)).ToHashSet();
        var needed = least.SelectMany(static rule => Lines(
            rule.Namespace, [rule.Group], rule.Resources, rule.Verbs, rule.Names)).ToHashSet();
        return
        [
            .. held.Union(needed).OrderBy(static line => line.Scope, StringComparer.Ordinal)
                .ThenBy(static line => line.Kind, StringComparer.Ordinal).ThenBy(static line => line.Names, StringComparer.Ordinal)
                .ThenBy(static line => line.Verb, StringComparer.Ordinal)
                .Select(line => new RoleDiff(held.Contains(line), needed.Contains(line), line.Verb, line.Kind, line.Scope, line.Names)),
        ];
    }

    private static IEnumerable<(string Verb, string Kind, string Scope, string Names)> Lines(
        string scope,
        IReadOnlyList<string> groups,
        IReadOnlyList<string> kinds,
        IReadOnlyList<string> verbs,
        IReadOnlyList<string> names) =>
        from kind in kinds
        from at in kind.StartsWith('/') ? [""] : groups
        from verb in verbs
        select (verb, at.Length > 0 ? $"{at}/{kind}" : kind, scope, string.Join(',', names.Order(StringComparer.Ordinal)));
}
