using System.Globalization;
using Crowsnest.Azure.Feedback;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Functions.Pages.Parts;

namespace Crowsnest.Functions.Pages;

/// <summary>The pages behind the links in an alert. They change nothing until their button is pressed.</summary>
internal static class AnswerPage
{
    private const int LongestRecord = 20_000;

    private static readonly int[] Days = [1, 7, 30, AnswerDesk.MostDays];

    internal static string Ask(string ticketText, Answer answer, Incident incident, string? problem)
    {
        MailHtml html = Begin(Question(answer));
        if (problem is not null)
        {
            html.Raw("<p><strong>").Text(problem).Raw("</strong></p>\n");
        }

        Detection lead = incident.Lead;
        About(html, incident);
        html.Raw("<form method=\"post\">\n");
        Hidden(html, "t", ticketText);
        Hidden(html, "lead", lead.Id);
        if (answer == Answer.Suppress)
        {
            html.Raw(
                "<p>Detections like the gravest of this incident do not alert, where all of these agree. "
                + "Whatever else the actor does still alerts.</p>\n");
            Field(html, nameof(Suppression.Rule), "Rule", lead.Rule.Title, isOn: true);
            Field(html, nameof(Suppression.Principal), "Principal", lead.Principal, isOn: true);
            Field(html, nameof(Suppression.Target), "On what", lead.OnWhat, isOn: true);
            if (lead.SourceIp.Length > 0)
            {
                Field(html, nameof(Suppression.Source), "From where", lead.SourceIp, isOn: false);
            }

            html.Raw("<label>For <select name=\"days\">");
            foreach (int days in Days)
            {
                html.Raw(string.Create(
                    CultureInfo.InvariantCulture,
                    $"<option value=\"{days}\"{(days == 7 ? " selected" : "")}>{days} {(days == 1 ? "day" : "days")}</option>"));
            }

            html.Raw("</select></label>\n");
        }

        html.Raw("<label>Your name<br><input name=\"author\" required maxlength=\"100\" size=\"40\"></label>\n")
            .Raw("<label>Why<br><textarea name=\"note\" required maxlength=\"1000\" rows=\"3\" cols=\"50\"></textarea></label>\n")
            .Raw("<p><button>").Text(Verb(answer)).Raw("</button></p></form>\n");
        return html.End();
    }

    internal static string Show(Incident incident, IReadOnlyList<EvidenceRecord> records)
    {
        MailHtml html = Begin("Evidence");
        About(html, incident);
        html.Raw("<p class=\"quiet\">").Text(records.Count < EvidenceReader.MostRecords
                ? "Every record behind the incident as it is now, in order of time."
                : string.Create(
                    CultureInfo.InvariantCulture, $"{records.Count} records behind the incident, the gravest, in order of time."))
            .Text(" Credentials are taken out.").Raw("</p>\n");
        foreach (EvidenceRecord record in records)
        {
            html.Heading(Shown.Moment(record.Detections[0].Time) + "  "
                    + string.Join(", ", record.Detections.Select(static d => SafeText.OneLine(d.Rule.Title)).Distinct()))
                .Raw("<p class=\"quiet\">").Text(SafeText.OneLine(record.Place.Blob))
                .Raw(string.Create(CultureInfo.InvariantCulture, $" line {record.Place.Line}</p>\n<code>"))
                .Text(record.Text is not { } text ? "The archive no longer has it."
                    : text.Length <= LongestRecord ? text
                        : text[..LongestRecord] + "\n… cut here; the archive has all of it")
                .Raw("</code>\n");
        }

        return html.End();
    }

    internal static string Say(string title, string text) => Begin(title).Raw("<p>").Text(text).Raw("</p>\n").End();

    private static void About(MailHtml html, Incident incident) => html.Facts(
    [
        ("Incident", SafeText.OneLine(incident.Title)),
        ("Cluster", SafeText.OneLine(incident.Cluster)),
        ("When", $"{Shown.Moment(incident.From)} to {Shown.Moment(incident.To)} UTC"),
        ("Who", SafeText.OneLine(incident.Lead.Who)),
        ("On what", SafeText.OneLine(incident.Lead.OnWhat)),
    ]);

    private static MailHtml Begin(string title) => new MailHtml().Raw("<h1>").Text(title).Raw("</h1>\n");

    private static string Question(Answer answer) => answer switch
    {
        Answer.Attack => "Was it an attack?",
        Answer.Expected => "Was it expected?",
        _ => "Suppress alerts like this?",
    };

    private static string Verb(Answer answer) => answer switch
    {
        Answer.Attack => "Yes, it was an attack",
        Answer.Expected => "Yes, it was expected",
        _ => "Suppress",
    };

    private static void Hidden(MailHtml html, string name, string value) =>
        html.Raw($"<input type=\"hidden\" name=\"{name}\" value=\"").Text(value).Raw("\">\n");

    private static void Field(MailHtml html, string name, string label, string value, bool isOn) =>
        html.Raw($"<label><input type=\"checkbox\" name=\"field\" value=\"{name}\"{(isOn ? " checked" : "")}> ")
            .Text($"{label}: {SafeText.OneLine(value)}").Raw("</label>\n");
}
