namespace Crowsnest.Core.Policy;

/// <summary>A rule of a role that covers what was used.</summary>
/// <param name="Namespace">The namespace of its Role, or empty for a ClusterRole.</param>
/// <param name="Group">API group, empty for the core's.</param>
/// <param name="Verbs">The verbs, in order.</param>
/// <param name="Resources">The kinds, in order; paths for what is no object.</param>
/// <param name="Names">Names of objects, or none for any.</param>
/// <param name="Why">Why it is for any name or in all namespaces; empty when it is neither.</param>
public sealed record LeastRule(
    string Namespace, string Group, IReadOnlyList<string> Verbs, IReadOnlyList<string> Resources, IReadOnlyList<string> Names, string Why)
{
    /// <summary>True when it is about paths that are no objects.</summary>
    public bool IsPaths => Resources[0].StartsWith('/');
}
