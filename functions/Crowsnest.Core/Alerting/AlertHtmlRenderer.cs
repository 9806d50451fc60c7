using System.Globalization;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>Writes the HTML of an alert mail.</summary>
internal static class AlertHtmlRenderer
{
    internal static string Render(AlertContent alert)
    {
        MailHtml html = new();
        html.Raw($"<p><span class=\"level {alert.Severity}\">{alert.Severity}</span> ").Text(alert.Cluster)
            .Text(alert.Revision > 1 ? ", update" : "").Raw("</p>\n<h1>").Text(alert.Title).Raw("</h1>\n")
            .Facts(alert.Answers)
            .Facts("Steps (UTC)", alert.Steps)
            .Facts("Who opened the way for whom (UTC)", alert.Openers)
            .List("Why", alert.Reasons)
            .List("What to check first", alert.Checks)
            .Commands("To look (these change nothing)", alert.Looks)
            .Commands("If it is an attack (nothing of this has been done)", alert.Stops);
        if (alert.Links is { } links)
        {
            html.Heading("Your answer").Raw("<p class=\"answer\">");
            if (links.Console is { } console)
            {
                html.Link(console, "Open it in the console").Raw("\n");
            }

            html.Link(links.Attack, "It was an attack").Raw("\n")
                .Link(links.Expected, "It was expected").Raw("\n").Link(links.Suppress, "Suppress it…").Raw("</p>\n")
                .Raw("<p class=\"quiet\">Each opens a page that asks once more.</p>\n");
        }

        html.Heading("Findings, in order of time (UTC)").Raw("<table class=\"facts\">\n");
        foreach (AlertFinding finding in alert.Findings)
        {
            html.Raw("<tr><th>").Text(finding.When).Raw("</th><td><strong>").Text(finding.Title).Raw("</strong> ")
                .Raw($"({finding.Severity})").Text(finding.Repeats).Raw("<br>").Text(finding.Sentence).Raw("</td></tr>\n");
        }

        html.Raw("</table>\n");
        if (alert.MoreFindings > 0)
        {
            html.Raw(string.Create(CultureInfo.InvariantCulture, $"<p>and {alert.MoreFindings:N0} more kinds</p>\n"));
        }

        if (alert.Omitted.Length > 0)
        {
            html.Raw("<p>").Text(alert.Omitted).Raw("</p>\n");
        }

        if (alert.Techniques.Count > 0)
        {
            html.Heading("ATT&CK").Raw("<ul>\n");
            foreach ((string id, string name, Uri page) in alert.Techniques)
            {
                html.Raw("<li>").Link(page, id).Text(" " + name).Raw("</li>\n");
            }

            html.Raw("</ul>\n");
        }

        if (alert.Evidence.Count > 0)
        {
            html.Heading("Evidence");
            foreach (Evidence evidence in alert.Evidence)
            {
                html.Raw("<code>").Text(evidence.Blob).Raw(string.Create(CultureInfo.InvariantCulture, $" line {evidence.Line}</code>\n"));
            }

            if (alert.Links?.Evidence is { } records)
            {
                html.Raw("<p class=\"answer\">").Link(records, "See the records").Raw("</p>\n");
            }
        }

        return html.Raw("<p><small>Incident ").Text(alert.IncidentId).Raw(". Sent by Crowsnest.</small></p>\n").End();
    }
}
