namespace Crowsnest.Core.Policy;

/// <summary>A grant of power over some objects.</summary>
/// <param name="Subject">
/// Whom it is given to: a user or group by name, a service account as <c>system:serviceaccount:NAMESPACE:NAME</c>.
/// </param>
/// <param name="Kind">User, Group or ServiceAccount.</param>
/// <param name="Verbs">What it allows, as far as it is known; <c>*</c> for everything.</param>
/// <param name="Binding">Kind and name of the binding.</param>
/// <param name="Role">Kind and name of the role.</param>
/// <param name="Scope">The namespace in which it holds, or empty for all.</param>
public sealed record RbacGrant(
    string Subject, string Kind, IReadOnlyList<string> Verbs, string Binding, string Role, string Scope);
