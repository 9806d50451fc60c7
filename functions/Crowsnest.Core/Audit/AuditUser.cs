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
    /// <summary>What kind of identity it is.</summary>
    public PrincipalClass Class { get; } = PrincipalClassifier.Classify(Username, Groups);

    /// <summary>Names the token that authenticated the user, where the server says so (Kubernetes 1.29 and later).</summary>
    public string CredentialId => ExtraValue("authentication.kubernetes.io/credential-id");

    /// <summary>The pod that a service account's token is bound to.</summary>
    public string PodName => ExtraValue("authentication.kubernetes.io/pod-name");

    /// <summary>The node that a service account's token is bound to.</summary>
    public string NodeName => ExtraValue("authentication.kubernetes.io/node-name");

    /// <summary>Object id of an Entra user.</summary>
    public string EntraObjectId => ExtraValue("oid");

    public static AuditUser None { get; } = new("", "", [], []);

    private string ExtraValue(string key)
    {
        foreach (KeyValuePair<string, IReadOnlyList<string>> extra in Extra)
        {
            if (string.Equals(extra.Key, key, StringComparison.Ordinal))
            {
                return extra.Value.Count == 0 ? "" : extra.Value[0];
            }
        }

        return "";
    }
}
