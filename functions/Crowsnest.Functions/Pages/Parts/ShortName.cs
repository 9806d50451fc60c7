namespace Crowsnest.Functions.Pages.Parts;

/// <summary>Names for pictures, where room is short; beside them stands the whole name.</summary>
internal static class ShortName
{
    private const string ServiceAccount = "system:serviceaccount:";

    /// <summary>A service account as namespace/name; anything else as it is.</summary>
    internal static string Of(string name) => name.StartsWith(ServiceAccount, StringComparison.Ordinal)
        ? name[ServiceAccount.Length..].Replace(':', '/') : name;
}
