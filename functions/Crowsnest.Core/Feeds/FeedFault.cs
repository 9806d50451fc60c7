using System.Globalization;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Feeds;

/// <summary>Something that is wrong with a cluster's feed.</summary>
/// <param name="Kind">What.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Subject">The log category, or what else it is about.</param>
/// <param name="Since">Since when; with kind and subject it names the fault, so that one that lasts is one.</param>
/// <param name="What">In words, with the numbers.</param>
public sealed record FeedFault(FeedFaultKind Kind, string Cluster, string Subject, DateTimeOffset Since, string What)
{
    private const string Version = "1";
    private const int MostNamed = 8;

    /// <summary>With the rules that see nothing without the log category that is gone.</summary>
    /// <param name="rules">The rules in use.</param>
    /// <param name="alive">The categories that still come.</param>
    public FeedFault WithBlind(IEnumerable<SigmaRule> rules, IReadOnlyCollection<string> alive)
    {
        string[] blind = Kind != FeedFaultKind.CategoryGone ? [] :
        [
            .. rules.Where(rule => !rule.IsOff && rule.Categories.Contains(Subject) && !rule.Categories.Any(alive.Contains))
                .Select(static rule => rule.Reference.Title).Order(StringComparer.Ordinal),
        ];
        string more = blind.Length > MostNamed ? string.Create(CultureInfo.InvariantCulture, $" and {blind.Length - MostNamed} more") : "";
        return blind.Length == 0 ? this : this with
        {
            What = string.Create(
                CultureInfo.InvariantCulture,
                $"{What}; {blind.Length} rules are blind without it: {string.Join(", ", blind.Take(MostNamed))}{more}"),
        };
    }

    /// <summary>The detection that makes an incident of it.</summary>
    public Detection ToDetection()
    {
        (string title, Severity severity, string going) = Kind switch
        {
            FeedFaultKind.Silence => (
                "Audit feed fell silent",
                Severity.High,
                "unseen: from then on nothing that happens in this cluster is judged"),
            FeedFaultKind.CategoryGone => (
                "Log category vanished from the feed",
                IsAudit(Subject) ? Severity.High : Severity.Medium,
                $"unseen: what only {Subject} logs"),
            FeedFaultKind.Lag => ("Audit feed lags behind", Severity.High, "a head start: attacks are seen so much later"),
            FeedFaultKind.Duplicates => ("Audit feed comes twice", Severity.Medium, "cost; nothing is counted twice"),
            FeedFaultKind.MessageSetAside => (
                "Message of the hub set aside unjudged",
                Severity.High,
                "past the rules and the model: what is in this message was not judged; it is kept in quarantine"),
            FeedFaultKind.MessageTooLarge => (
                "Message holds more than is read",
                Severity.High,
                "past the rules and the model: what lies beyond the limit was not judged; it is kept in quarantine"),
            FeedFaultKind.Unreadable => (
                "Audit feed can't be read",
                Severity.High,
                "past the rules and the model: what can't be read is judged by nobody; it is kept in quarantine"),
            FeedFaultKind.NewCluster => (
                "New cluster sends into the feed",
                Severity.Medium,
                "cost and noise, or events that somebody made up; what it sends is judged like that of every cluster"),
            FeedFaultKind.Untrained => (
                "No model could be trained for three days",
                Severity.Medium,
                "less sight: the model in use does not know what has become usual since, nor do thresholds follow it"),
            FeedFaultKind.NotCorrelated => (
                "Findings could not be put together",
                Severity.High,
                "untold: these findings are stored, and in no incident until it works"),
            FeedFaultKind.BodiesRefused => (
                "Audit webhook refused what an API server sent",
                Severity.High,
                "unseen: what the API server gives up sending is judged by nobody"),
            _ => ("Canary request did not come back", Severity.High, "unseen: requests are not logged, or their log does not arrive"),
        };
        string rule = FeedPrincipal.RuleOf(Kind.ToString().ToLowerInvariant());
        string principal = FeedPrincipal.Of(Subject);
        return new Detection
        {
            Id = ContentId.Of(Cluster, rule, Subject, Since.UtcTicks.ToString(CultureInfo.InvariantCulture)),
            Time = Since,
            Cluster = Cluster,
            Source = DetectionSource.Correlation,
            Rule = new RuleReference(rule, title, Version),
            Severity = severity,
            Score = 0,
            Tactics = Kind is FeedFaultKind.Duplicates or FeedFaultKind.NewCluster or FeedFaultKind.Untrained ? [] : ["defense-evasion"],
            Techniques = Kind is FeedFaultKind.Silence or FeedFaultKind.CategoryGone or FeedFaultKind.CanaryLost ? ["T1562.008"] : [],
            Principal = principal,
            SourceIp = "",
            UserAgent = "",
            AuditIds = [],
            What = What,
            Who = Kind is FeedFaultKind.Untrained ? "nobody: the function RetrainModel"
                : Kind is FeedFaultKind.NewCluster or FeedFaultKind.MessageTooLarge
                ? "not in the audit log: whoever may send to the hub or to the webhook"
                : "not in the audit log: the activity log of Azure says who changed a diagnostic setting",
            FromWhere = "not known",
            OnWhat = Kind is FeedFaultKind.Untrained ? "the model, which judges all clusters" : $"feed {Subject} of {Cluster}",
            GoingWhere = going,
            Reasons = [new Reason("feed", What, 0)],
            Evidence = [],
        };
    }

    /// <summary>True for a category of audit events.</summary>
    internal static bool IsAudit(string category) => category is FeedHour.Unnamed or "kube-audit" or "kube-audit-admin";
}
