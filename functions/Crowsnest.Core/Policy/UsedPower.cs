namespace Crowsnest.Core.Policy;

/// <summary>A power that was used: what was asked for, as RBAC weighs it.</summary>
/// <param name="Verb">What was done.</param>
/// <param name="Group">API group, empty for the core's.</param>
/// <param name="Resource">Kind, with its part behind a slash; a path when it is no object.</param>
/// <param name="Namespace">Namespace, or empty for all and for objects that are in none.</param>
/// <param name="Name">Name, or empty when the request had none.</param>
public readonly record struct UsedPower(string Verb, string Group, string Resource, string Namespace, string Name)
{
    /// <summary>True for a path that is no object.</summary>
    public bool IsPath => Resource.StartsWith('/');
}
