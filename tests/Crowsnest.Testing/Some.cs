using Crowsnest.Core.Detections;

namespace Crowsnest.Testing;

/// <summary>Values that tests need and do not care about.</summary>
public static class Some
{
    public static Detection Detection(
        string id,
        int minute = 0,
        Severity severity = Severity.High,
        string tactic = "execution",
        string principal = "jane@example.org",
        string sourceIp = "198.51.100.7") => new()
        {
            Id = id,
            Time = new DateTimeOffset(2026, 11, 2, 10, minute, 0, TimeSpan.Zero),
            Cluster = "prod",
            Source = DetectionSource.Rule,
            Rule = new RuleReference("rule-" + id, "Rule " + id, "2026-11-01"),
            Severity = severity,
            Score = 0,
            Tactics = [tactic],
            Techniques = ["T1609"],
            Principal = principal,
            SourceIp = sourceIp,
            UserAgent = "kubectl/v1.35.0",
            AuditIds = ["audit-" + id],
            What = "create pods/exec (101)",
            Who = principal + " (user)",
            FromWhere = sourceIp,
            OnWhat = "pods/exec web in shop",
            GoingWhere = "a shell in web",
            Reasons = [new Reason("rule", "Rule " + id, 0)],
            Evidence = [new Evidence("raw/x.jsonl.gz", minute + 1)],
        };
}
