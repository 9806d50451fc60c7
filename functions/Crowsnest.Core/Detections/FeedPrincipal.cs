namespace Crowsnest.Core.Detections;

/// <summary>
/// Who a detection about a feed is filed under: a feed does nothing by itself, but an incident needs an actor, and each kind
/// of fault is an incident of its own.
/// </summary>
internal static class FeedPrincipal
{
    private const string Prefix = "feed:";

    internal static string Of(string subject) => Prefix + subject;

    internal static bool Is(string principal) => principal.StartsWith(Prefix, StringComparison.Ordinal);
}
