namespace Crowsnest.Core.Audit;

/// <summary>The logged addresses, and the one of them that counts.</summary>
internal sealed record SourceAddresses(string[] All, string Client)
{
    internal static SourceAddresses None { get; } = new([], "");
}
