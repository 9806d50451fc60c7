using System.Globalization;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Alerting;

/// <summary>
/// What an alert says, whatever channel says it. All texts are one line each and harmless to show, but not yet encoded for
/// the channel's own markup.
/// </summary>
public sealed record AlertContent
{
    internal const int LongestSubject = 160;
    private const int LongestText = 600;
    private const int MostReasons = 10;
    private const int MostModelReasons = 5;
    internal const int MostFindings = 15;
    private const int MostSteps = 20;
    private const int MostOpeners = 10;
    private const int MostTechniques = 12;
    private const int MostEvidence = 5;
    private const int MostKinds = 5;

    /// <summary>Follows from the incident and the revision, so that what is sent twice is seen to be the same.</summary>
    public required string MessageId { get; init; }

    /// <summary>Message id of the first alert about the incident, or null.</summary>
    public required string? InReplyTo { get; init; }

    public required string IncidentId { get; init; }

    public required int Revision { get; init; }

    public required string Cluster { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>Severity, cluster and what happened.</summary>
    public required string Subject { get; init; }

    public required string Title { get; init; }

    public required DateTimeOffset From { get; init; }

    public required DateTimeOffset To { get; init; }

    public required string Principal { get; init; }

    public required IReadOnlyList<string> Tactics { get; init; }

    /// <summary>The four answers, with the labels that they are shown under.</summary>
    public required IReadOnlyList<(string Label, string Value)> Answers { get; init; }

    /// <summary>The steps of the attack, if there are several.</summary>
    public required IReadOnlyList<(string When, string What)> Steps { get; init; }

    /// <summary>Who opened the way for whom.</summary>
    public required IReadOnlyList<(string When, string What)> Openers { get; init; }

    /// <summary>Why it is an alert, with the numbers.</summary>
    public required IReadOnlyList<string> Reasons { get; init; }

    public required IReadOnlyList<AlertFinding> Findings { get; init; }

    /// <summary>Kinds of finding beyond those.</summary>
    public required int MoreFindings { get; init; }

    /// <summary>Lesser findings that are kept and not shown, in words, or empty.</summary>
    public string Omitted { get; init; } = "";

    /// <summary>ATT&amp;CK techniques: id, name, page.</summary>
    public required IReadOnlyList<(string Id, string Name, Uri Page)> Techniques { get; init; }

    /// <summary>What to check first.</summary>
    public required IReadOnlyList<string> Checks { get; init; }

    /// <summary>Commands that only look.</summary>
    public required IReadOnlyList<AlertCommand> Looks { get; init; }

    /// <summary>Commands that end it, for when it is an attack.</summary>
    public required IReadOnlyList<AlertCommand> Stops { get; init; }

    public required IReadOnlyList<Evidence> Evidence { get; init; }

    /// <summary>Null when the function app does not know its own address.</summary>
    public required AlertLinks? Links { get; init; }

    /// <summary>Says it.</summary>
    /// <param name="incident">The incident as it stands.</param>
    /// <param name="revision">1 for the first alert about it; later ones answer that one, so that mail programs thread them.</param>
    /// <param name="rules">The rules in use, for what they say of themselves.</param>
    /// <param name="links">Where it can be answered, or null.</param>
    public static AlertContent Of(Incident incident, int revision, RuleSet rules, AlertLinks? links)
    {
        string first = $"{incident.Id}@crowsnest";
        List<AlertFinding> findings = FindingsOf(incident);
        List<Evidence> evidence =
        [
            .. incident.Lead.Evidence.Concat(incident.Detections.SelectMany(static d => d.Evidence)).Distinct().Take(MostEvidence)
                .Select(static place => place with { Blob = Say(place.Blob) }),
        ];
        return new AlertContent
        {
            MessageId = revision == 1 ? first : string.Create(CultureInfo.InvariantCulture, $"{incident.Id}.{revision}@crowsnest"),
            InReplyTo = revision == 1 ? null : first,
            IncidentId = incident.Id,
            Revision = revision,
            Cluster = SafeText.OneLine(incident.Cluster),
            Severity = incident.Severity,
            Subject = SafeText.OneLine(
                $"[{incident.Severity}] {(revision > 1 ? "Update: " : "")}{incident.Cluster}: {incident.Title}",
                LongestSubject),
            Title = Say(incident.Title),
            From = incident.From,
            To = incident.To,
            Principal = Say(incident.Lead.Principal),
            Tactics = incident.Tactics,
            Answers = AnswersOf(incident),
            Steps = StepsOf(incident),
            Openers =
            [
                .. incident.Links.Take(MostOpeners).Select(static link => (Minute(link.UsedAt), Say(
                    $"{link.To} used {(link.Through == link.To ? "what" : link.Through + ", which")} "
                    + $"{link.From} had opened at {Minute(link.OpenedAt)}"))),
            ],
            Reasons = ReasonsOf(incident),
            Findings = Gravest(findings),
            MoreFindings = Math.Max(0, findings.Count - MostFindings),
            Omitted = OmittedOf(incident),
            Techniques =
            [
                .. incident.Detections.OrderByDescending(static d => d.Severity).SelectMany(static d => d.Techniques).Distinct()
                    .Take(MostTechniques).Select(static id => (id, AttackCatalogue.Name(id) ?? "", PageOf(id))),
            ],
            Checks = ResponseGuide.Checks(incident, rules),
            Looks = ResponseGuide.Looks(incident),
            Stops = ResponseGuide.Stops(incident),
            Evidence = evidence,
            Links = evidence.Count == 0 && links is not null ? links with { Evidence = null } : links,
        };
    }

    /// <summary>A text made harmless, and cut if it is very long.</summary>
    internal static string Say(string text) => SafeText.OneLine(text, LongestText);

    // Of each rule one example, since its further findings stand in the table, and how rare it is once. The model has several
    // reasons for each of its findings: what rules say must not be crowded out.
    private static List<string> ReasonsOf(Incident incident)
    {
        int ofModel = 0;
        IEnumerable<(Detection Detection, Reason Reason)> reasons = incident.Detections
            .OrderByDescending(static d => d.Severity).ThenBy(static d => d.Time)
            .SelectMany(static d => d.Reasons, static (d, reason) => (Detection: d, Reason: reason))
            .DistinctBy(static told => told.Reason.Feature switch
            {
                Reason.OfRule => told.Detection.Rule.Id,
                Reason.Rarity => Reason.Rarity,
                _ => told.Reason.Text,
            });
        return
        [
            .. reasons.Where(told => told.Detection.Source != DetectionSource.Model || ofModel++ < MostModelReasons)
                .Select(static told => Say(told.Reason.Text)).Distinct().Take(MostReasons),
        ];
    }

    private static List<(string, string)> AnswersOf(Incident incident)
    {
        Detection lead = incident.Lead;
        List<(string, string)> answers =
        [
            ("What happened", Say(lead.What)),
            ("When", Span(incident)),
            ("Who", Say(lead.Who)),
            ("From where", Say(lead.FromWhere)),
            ("On what", Say(lead.OnWhat)),
            ("Where it was going", Say(lead.GoingWhere)),
        ];
        if (incident.Tactics.Count > 0)
        {
            answers.Add(("ATT&CK tactics", Say(string.Join(" > ", incident.Tactics))));
        }

        return answers;
    }

    private static List<(string, string)> StepsOf(Incident incident)
    {
        List<Phase> steps = [.. incident.Phases.Where(static phase => phase.Severity >= Severity.Medium).Take(MostSteps)];
        return steps.Count < 2 ? [] : [.. steps.Select(static step => (Minute(step.From), Say($"{step.Tactic}: {step.Title}")))];
    }

    // What is limited is cut from the least grave, not by time: a flood of reads must not crowd out the grant behind it.
    private static List<AlertFinding> Gravest(List<AlertFinding> findings)
    {
        HashSet<AlertFinding> kept = [.. findings.OrderByDescending(static finding => finding.Severity).Take(MostFindings)];
        return findings.FindAll(kept.Contains);
    }

    private static List<AlertFinding> FindingsOf(Incident incident) =>
    [
        .. incident.Detections.GroupBy(static d => (d.Rule.Id, d.Rule.Title, d.SourceIp)).Select(static group =>
        {
            Detection one = group.First();
            int count = group.Count();
            string repeats = count == 1 ? "" : string.Create(
                CultureInfo.InvariantCulture, $", {count:N0} events until {group.Last().Time.UtcDateTime:HH:mm:ss}");
            string from = one.SourceIp.Length > 0 ? $", from {one.SourceIp}" : "";
            return new AlertFinding(
                one.Time.UtcDateTime.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                one.Severity,
                Say(one.Rule.Title),
                repeats,
                Say($"{(count == 1 ? "" : "first: ")}{one.What}, on {one.OnWhat}{from}"));
        }),
    ];

    private static string OmittedOf(Incident incident)
    {
        if (incident.Omitted.Count == 0)
        {
            return "";
        }

        string more = incident.Omitted.Any(static one => one.IsMore) ? "more than " : "";
        string kinds = string.Join(", ",
            incident.Omitted.OrderByDescending(static one => one.Count).Select(static one => one.Rule).Distinct().Take(MostKinds));
        DateTimeOffset first = incident.Omitted.Min(static one => one.First);
        DateTimeOffset last = incident.Omitted.Max(static one => one.Last);
        return Say(string.Create(
            CultureInfo.InvariantCulture,
            $"and {more}{incident.Omitted.Sum(static one => one.Count):N0} lesser findings that are only counted, "
            + $"{Minute(first)} to {Minute(last)}: {kinds}"));
    }

    private static Uri PageOf(string technique) =>
        new($"https://attack.mitre.org/techniques/{Uri.EscapeDataString(technique).Replace('.', '/')}/");

    internal static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static string Span(Incident incident)
    {
        string from = incident.From.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        string format = incident.From.UtcDateTime.Date == incident.To.UtcDateTime.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss";
        string to = incident.To.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
        return from.EndsWith(to, StringComparison.Ordinal) ? $"{from} UTC" : $"{from} to {to} UTC";
    }
}
