using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Tells a write that admission judges and nothing stores. Only where the API server honours the option: the query of an
/// exec, a proxy or a token request may say <c>dryRun=All</c> as well, and these act all the same.
/// </summary>
internal static class DryRun
{
    private const string Option = "dryRun";
    private const string All = "All";

    /// <summary>True when the write persists nothing.</summary>
    internal static bool Is(EventView view)
    {
        AuditEvent audit = view.Event;
        return audit.Verb switch
        {
            "create" => IsHonoured(audit.ObjectRef)
                && (InQuery(audit) || (audit.ObjectRef.Subresource == "eviction" && InEviction(view))),
            "update" or "patch" => IsHonoured(audit.ObjectRef) && InQuery(audit),
            "delete" or "deletecollection" => IsHonoured(audit.ObjectRef) && OfDelete(view),
            _ => false,
        };
    }

    internal static bool InQuery(AuditEvent audit) => audit.Path.All(Option).Contains(All);

    // Reviews and tokens are answered and never stored; a connection is made whatever its query says.
    private static bool IsHonoured(ObjectRef target) =>
        target.Subresource is "" or "status" or "scale" or "eviction" or "binding" or "ephemeralcontainers" or "resize" or "approval"
            or "finalize"
        && !target.Resource.EndsWith("reviews", StringComparison.Ordinal);

    // With a body, the options of a delete stand there and the server does not look at the query. Where the level keeps
    // bodies out of the log there may have been one, so that the query proves nothing.
    private static bool OfDelete(EventView view)
    {
        AuditEvent audit = view.Event;
        return audit.RequestObject.IsEmpty
            ? audit.Level is AuditLevel.Request or AuditLevel.RequestResponse && !audit.Truncated && InQuery(audit)
            : view.Request.Texts(Option).Contains(All);
    }

    private static bool InEviction(EventView view) => view.Request.Member("deleteOptions").Texts(Option).Contains(All);
}
