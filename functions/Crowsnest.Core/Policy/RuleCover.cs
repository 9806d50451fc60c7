namespace Crowsnest.Core.Policy;

/// <summary>Whether one rule of a policy takes all that another would.</summary>
internal static class RuleCover
{
    /// <summary>True when every request that the later rule matches is matched by the earlier one.</summary>
    internal static bool Covers(PolicyRule earlier, PolicyRule later) =>
        All(earlier.Users, later.Users) && All(earlier.UserGroups, later.UserGroups) && All(earlier.Verbs, later.Verbs)
        && CoversTargets(earlier, later);

    private static bool CoversTargets(PolicyRule earlier, PolicyRule later)
    {
        if (earlier.IsOfAll)
        {
            return true;
        }

        if (earlier.NonResourceUrls.Count > 0)
        {
            return later.NonResourceUrls.Count > 0 && later.NonResourceUrls.All(url => earlier.NonResourceUrls.Any(
                wide => wide == url || wide == "*" || (wide.EndsWith('*') && url.StartsWith(wide[..^1], StringComparison.Ordinal))));
        }

        // The earlier one is about objects; so must the later one be.
        return (later.Resources.Count > 0 || later.Namespaces.Count > 0)
            && All(earlier.Namespaces, later.Namespaces)
            && (earlier.Resources.Count == 0
                || (later.Resources.Count > 0 && later.Resources.All(one => earlier.Resources.Any(wide => Covers(wide, one)) || Parts(one)
                    .All(part => earlier.Resources.Any(wide => Covers(wide, part))))));
    }

    private static IEnumerable<PolicyResources> Parts(PolicyResources one) =>
        one.Resources.Count == 0 ? [one] : one.Resources.Select(kind => one with { Resources = [kind] });

    private static bool Covers(PolicyResources wide, PolicyResources narrow) =>
        wide.Group == narrow.Group
        && (wide.Resources.Count == 0
            || (All(wide.Names, narrow.Names) && narrow.Resources.Count > 0
                && narrow.Resources.All(kind => wide.Resources.Any(one => CoversKind(one, kind)))));

    private static bool CoversKind(string wide, string narrow) =>
        wide == "*" || wide == narrow
        || (wide.EndsWith("/*", StringComparison.Ordinal)
            && (narrow == wide[..^2] || narrow.StartsWith(wide[..^1], StringComparison.Ordinal)))
        || (wide.StartsWith("*/", StringComparison.Ordinal) && narrow.EndsWith(wide[1..], StringComparison.Ordinal));

    // None named means any.
    private static bool All(IReadOnlyList<string> wide, IReadOnlyList<string> narrow) =>
        wide.Count == 0 || (narrow.Count > 0 && narrow.All(wide.Contains));
}
