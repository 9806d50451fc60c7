using System.Globalization;
using System.Net;
using System.Text;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Core.Alerting;

/// <summary>Writes the mail about an incident. Whatever an attacker chose (names, user agents, URIs) is shown as text only.</summary>
public static class AlertMailRenderer
{
    private const int LongestSubject = 160;
    private const int MostFindings = 15;
    private const int MostSteps = 20;
    private const int MostLinks = 10;

    /// <summary>Writes the mail.</summary>
    /// <param name="incident">The incident as it stands.</param>
    /// <param name="revision">1 for the first mail about it; later ones answer that one, so that mail programs thread them.</param>
    public static AlertMail Render(Incident incident, int revision = 1)
    {
        string first = $"{incident.Id}@crowsnest";
        string update = revision > 1 ? "Update: " : "";
        string subject = OneLine($"[{incident.Severity}] {update}{incident.Cluster}: {incident.Title}");
        subject = subject.Length > LongestSubject ? string.Concat(subject.AsSpan(0, LongestSubject - 1), "…") : subject;
        return revision == 1
            ? new AlertMail(first, null, subject, Text(incident), Html(incident))
            : new AlertMail(string.Create(CultureInfo.InvariantCulture, $"{incident.Id}.{revision}@crowsnest"), first, subject, Text(incident), Html(incident));
    }

    private static (string Label, string Value)[] Answers(Incident incident)
    {
        Detection lead = incident.Lead;
        return
        [
            ("What happened", lead.What),
            ("When", Span(incident)),
            ("Who", lead.Who),
            ("From where", lead.FromWhere),
            ("On what", lead.OnWhat),
            ("Where it was going", lead.GoingWhere),
        ];
    }

    private static string Text(Incident incident)
    {
        StringBuilder text = new();
        text.AppendLine(OneLine(incident.Title)).AppendLine();
        foreach ((string label, string value) in Answers(incident))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{label + ":",-20}{OneLine(value)}");
        }

        if (incident.Tactics.Count > 0)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{"ATT&CK tactics:",-20}{string.Join(" > ", incident.Tactics)}");
        }

        foreach ((string title, IReadOnlyList<(string When, string What)> lines) in Story(incident))
        {
            text.AppendLine().AppendLine(title);
            foreach ((string when, string what) in lines)
            {
                text.AppendLine(CultureInfo.InvariantCulture, $"  {when}  {OneLine(what)}");
            }
        }

        text.AppendLine().AppendLine("Why");
        foreach (Reason reason in Reasons(incident))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  - {OneLine(reason.Text)}");
        }

        text.AppendLine().AppendLine("Findings, in order of time (UTC)");
        foreach (Finding finding in Findings(incident).Take(MostFindings))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {Time(finding.First)}  {finding.First.Severity,-8}  {OneLine(finding.First.Rule.Title)}{finding.Repeats}");
            text.AppendLine(CultureInfo.InvariantCulture, $"{"",28}{OneLine(finding.Sentence)}");
        }

        text.Append(Held(incident)).AppendLine();
        text.AppendLine("Evidence");
        foreach (Evidence evidence in EvidenceOf(incident))
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"  {evidence.Blob} line {evidence.Line}");
        }

        text.AppendLine().AppendLine(CultureInfo.InvariantCulture, $"Incident {incident.Id}, cluster {incident.Cluster}. Sent by Crowsnest.");
        return text.ToString();
    }

    private static string Html(Incident incident)
    {
        StringBuilder html = new();
        html.Append(
            """
            <!DOCTYPE html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
            <meta name="color-scheme" content="light dark"><title>Crowsnest alert</title>
            <style>
            body{font:16px/1.5 -apple-system,"Segoe UI",Roboto,sans-serif;max-width:44em;margin:0 auto;padding:1em}
            h1{font-size:1.25em;line-height:1.3}h2{font-size:1.05em;margin-top:1.5em}
            table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.35em .6em .35em 0}
            th{white-space:nowrap;font-weight:600}tr{border-bottom:1px solid #8884}td{overflow-wrap:anywhere}
            .level{display:inline-block;padding:.1em .6em;border-radius:.3em;color:#fff;background:#666}
            .Critical{background:#8b1a1a}.High{background:#c0392b}.Medium{background:#b9770e}small{color:#888}
            </style></head><body>

            """);
        html.Append(CultureInfo.InvariantCulture, $"<p><span class=\"level {incident.Severity}\">{incident.Severity}</span> {Encode(incident.Cluster)}</p>\n");
        html.Append(CultureInfo.InvariantCulture, $"<h1>{Encode(incident.Title)}</h1>\n<table>\n");
        foreach ((string label, string value) in Answers(incident))
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>{Encode(label)}</th><td>{Encode(value)}</td></tr>\n");
        }

        if (incident.Tactics.Count > 0)
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>ATT&amp;CK tactics</th><td>{Encode(string.Join(" > ", incident.Tactics))}</td></tr>\n");
        }

        html.Append("</table>\n");
        foreach ((string title, IReadOnlyList<(string When, string What)> lines) in Story(incident))
        {
            html.Append(CultureInfo.InvariantCulture, $"<h2>{Encode(title)}</h2>\n<table>\n");
            foreach ((string when, string what) in lines)
            {
                html.Append(CultureInfo.InvariantCulture, $"<tr><th>{Encode(when)}</th><td>{Encode(what)}</td></tr>\n");
            }

            html.Append("</table>\n");
        }

        html.Append("<h2>Why</h2>\n<ul>\n");
        foreach (Reason reason in Reasons(incident))
        {
            html.Append(CultureInfo.InvariantCulture, $"<li>{Encode(reason.Text)}</li>\n");
        }

        html.Append("</ul>\n<h2>Findings, in order of time (UTC)</h2>\n<table>\n");
        foreach (Finding finding in Findings(incident).Take(MostFindings))
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr><th>{Encode(Time(finding.First))}</th><td><strong>{Encode(finding.First.Rule.Title)}</strong> ({finding.First.Severity}){Encode(finding.Repeats)}<br>{Encode(finding.Sentence)}</td></tr>\n");
        }

        html.Append(CultureInfo.InvariantCulture, $"</table>\n<p>{Encode(Held(incident))}</p>\n<h2>Evidence</h2>\n<ul>\n");
        foreach (Evidence evidence in EvidenceOf(incident))
        {
            html.Append(CultureInfo.InvariantCulture, $"<li><code>{Encode(evidence.Blob)}</code> line {evidence.Line}</li>\n");
        }

        html.Append(CultureInfo.InvariantCulture, $"</ul>\n<p><small>Incident {incident.Id}. Sent by Crowsnest.</small></p>\n</body></html>\n");
        return html.ToString();
    }

    // What led to what: the steps if there are several, and what joins the actors if there are several.
    private static IEnumerable<(string Title, IReadOnlyList<(string When, string What)> Lines)> Story(Incident incident)
    {
        List<Phase> steps = [.. incident.Phases.Where(static phase => phase.Severity >= Severity.Medium).Take(MostSteps)];
        if (steps.Count > 1)
        {
            yield return ("Steps (UTC)", [.. steps.Select(static step => (Minute(step.From), $"{step.Tactic}: {step.Title}"))]);
        }

        if (incident.Links.Count > 0)
        {
            yield return ("Who opened the way for whom (UTC)", [.. incident.Links.Take(MostLinks).Select(static link =>
                (Minute(link.UsedAt), $"{link.To} used {(link.Through == link.To ? "what" : link.Through + ", which")} {link.From} had opened at {Minute(link.OpenedAt)}"))]);
        }
    }

    private static string Minute(DateTimeOffset time) => time.UtcDateTime.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture);

    private static IEnumerable<Reason> Reasons(Incident incident) =>
        incident.Detections.OrderByDescending(static d => d.Severity).ThenBy(static d => d.Time)
            .SelectMany(static d => d.Reasons).DistinctBy(static r => r.Text).Take(8);

    // What was found again and again is one line: forty reads of secrets hide the one exec between them.
    private static List<Finding> Findings(Incident incident) =>
    [
        .. incident.Detections.GroupBy(static d => (d.Rule.Id, d.Rule.Title, d.SourceIp))
            .Select(static group => new Finding(group.First(), group.Last().Time, group.Count())),
    ];

    private static string Held(Incident incident) => Findings(incident).Count > MostFindings
        ? string.Create(CultureInfo.InvariantCulture, $"and {Findings(incident).Count - MostFindings:N0} more kinds") : "";

    private static IEnumerable<Evidence> EvidenceOf(Incident incident) =>
        incident.Lead.Evidence.Concat(incident.Detections.SelectMany(static d => d.Evidence)).Distinct().Take(5);

    private static string Span(Incident incident)
    {
        string from = incident.From.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        string format = incident.From.UtcDateTime.Date == incident.To.UtcDateTime.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss";
        string to = incident.To.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
        return from.EndsWith(to, StringComparison.Ordinal) ? $"{from} UTC" : $"{from} to {to} UTC";
    }

    private static string Time(Detection detection) =>
        detection.Time.UtcDateTime.ToString("MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Encode(string text) => WebUtility.HtmlEncode(OneLine(text));

    // Control characters would forge lines, colours or headers; marks of direction would hide what a name says.
    private static string OneLine(string text) => string.Concat(text.Select(static c =>
        char.IsControl(c) ? ' '
        : CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator ? '\uFFFD' : c));

    private sealed record Finding(Detection First, DateTimeOffset Last, int Count)
    {
        internal string Repeats => Count == 1 ? "" : string.Create(
            CultureInfo.InvariantCulture, $", {Count:N0} events until {Last.UtcDateTime:HH:mm:ss}");

        internal string Sentence => $"{(Count == 1 ? "" : "first: ")}{First.What}, on {First.OnWhat}, from {First.SourceIp}";
    }
}
