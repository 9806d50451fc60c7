using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>Whether a write's body can be read, and why not.</summary>
internal static class BodyState
{
    /// <summary>
    /// <c>present</c>; <c>cut</c> by the platform; <c>skipped</c>, too big for the platform although the level has bodies;
    /// <c>unlogged</c>, since the level has none. Empty for requests that need no body.
    /// </summary>
    internal static string Of(AuditEvent audit) =>
        audit.Verb is not ("create" or "update" or "patch") ? ""
        : !audit.RequestObject.IsEmpty ? "present"
        : audit.Truncated ? "cut"
        : audit.Level is AuditLevel.Request or AuditLevel.RequestResponse ? "skipped"
        : "unlogged";
}
