namespace Crowsnest.Core.Audit;

/// <summary>Who an incident is about.</summary>
public static class Actor
{
    /// <summary>
    /// The principal. Whoever did not authenticate has no name; the network of its owner then tells one from another.
    /// </summary>
    public static string Of(string principal, string clientAddress) =>
        clientAddress.Length > 0 && PrincipalClassifier.Classify(principal) == PrincipalClass.Anonymous
            ? $"{principal}@{NetworkPrefix.SiteOf(clientAddress)}"
            : principal;
}
