namespace Crowsnest.Core.Audit;

/// <summary>An identity as the API server saw it (authentication.k8s.io UserInfo).</summary>
/// <param name="Username">Empty when authentication failed.</param>
/// <param name="Uid">Empty when the authenticator gave none.</param>
/// <param name="Groups">Group names, in the order received.</param>
/// <param name="Extra">For example <c>authentication.kubernetes.io/pod-name</c>.</param>
public sealed record AuditUser(
    string Username,
    string Uid,
    IReadOnlyList<string> Groups,
    IReadOnlyList<KeyValuePair<string, IReadOnlyList<string>>> Extra)
{
    public static AuditUser None { get; } = new("", "", [], []);
}
