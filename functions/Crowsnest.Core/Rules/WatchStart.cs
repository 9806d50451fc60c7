using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// What a watch brings first. Without a resourceVersion, with 0, or when it asks for initial events, the server first sends
/// all that is there, as a list would; from a version on it sends changes only (Kubernetes API concepts, "Semantics for watch").
/// </summary>
internal static class WatchStart
{
    /// <summary><c>content</c> or <c>changes</c>; empty for other verbs.</summary>
    internal static string Of(AuditEvent audit)
    {
        if (audit.Verb != "watch")
        {
            return "";
        }

        bool initial = audit.Path.First("sendInitialEvents") is { } asked
            ? asked != "0" && !asked.Equals("false", StringComparison.OrdinalIgnoreCase)
            : audit.Path.First("resourceVersion") is null or "" or "0";
        return initial ? "content" : "changes";
    }
}
