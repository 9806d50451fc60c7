using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>Whether a write's body can be read, and why not.</summary>
internal static class BodyState
{
    internal const string Present = "present";

    /// <summary>
    /// <c>present</c>; <c>cut</c> by the platform; <c>skipped</c>, too big for the platform although the level has bodies;
    /// <c>unlogged</c>, since the level has none. Empty for requests that need no body.
    /// </summary>
    internal static string Of(AuditEvent audit) =>
        audit.Verb is not ("create" or "update" or "patch") ? ""
        : !audit.RequestObject.IsEmpty ? Present
        : audit.Truncated ? "cut"
        : audit.Level is AuditLevel.Request or AuditLevel.RequestResponse ? "skipped"
        : "unlogged";

    /// <summary>
    /// The same, with <c>unfollowed</c> for a body that is there but does not tell what it sets: a JSON patch that moves or
    /// copies what was there before, one that adds to a grant which the log does not show, nesting beyond every decoder,
    /// more parts than are looked through.
    /// </summary>
    internal static string Of(EventView view) =>
        Of(view.Event) is var state && state == Present && (view.IsUnfollowed || view.Grant.IsUnfollowed || view.PodSpec.IsUnfollowed)
            ? "unfollowed" : state;
}
