namespace Crowsnest.Core.Detections;

/// <summary>
/// Who a detection about a feed is filed under: a feed does nothing by itself, but an incident needs an actor, and each kind
/// of fault is an incident of its own.
/// </summary>
internal static class FeedPrincipal
{
    private const string Prefix = "feed:";
    private const string RulePrefix = "feed-";

    internal static string Of(string subject) => Prefix + subject;

    /// <summary>The id of the rule for a kind of fault.</summary>
    internal static string RuleOf(string kind) => RulePrefix + kind;

    /// <summary>True for a detection about a cluster that no one has announced: it has nothing beside it that could bear it out.</summary>
    internal static bool IsNewCluster(Detection detection) => IsOf(detection) && detection.Rule.Id == RuleOf("newcluster");

    /// <summary>True for a detection about a model that could not be trained; nothing bears it out either.</summary>
    internal static bool IsUntrained(Detection detection) => IsOf(detection) && detection.Rule.Id == RuleOf("untrained");

    /// <summary>True for a detection about records that can't be read, or were too many to be read.</summary>
    internal static bool IsUnreadable(Detection detection) =>
        IsOf(detection) && (detection.Rule.Id == RuleOf("unreadable") || detection.Rule.Id == RuleOf("messagetoolarge"));

    /// <summary>True for a detection about a feed. Not by its principal: anyone may be called like that.</summary>
    internal static bool IsOf(Detection detection) =>
        detection.Source == DetectionSource.Correlation && detection.Rule.Id.StartsWith(RulePrefix, StringComparison.Ordinal);
}
