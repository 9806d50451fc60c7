namespace Crowsnest.Core.Audit;

/// <summary>The logged addresses, and the one of them that counts: on AKS another than elsewhere.</summary>
internal sealed record SourceAddresses(string[] All, string Client, string AksClient)
{
    internal static SourceAddresses None { get; } = new([], "", "");
}
