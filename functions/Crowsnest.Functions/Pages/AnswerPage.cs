using System.Globalization;
using Crowsnest.Azure.Feedback;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Functions.Pages;

/// <summary>The page behind the links in an alert. It changes nothing until its button is pressed.</summary>
internal static class AnswerPage
{
    private static readonly int[] Days = [1, 7, 30, AnswerDesk.MostDays];

    internal static string Ask(string ticketText, AnswerTicket ticket, Incident incident, string? problem)
    {
        MailHtml html = Begin(Question(ticket.Answer));
        if (problem is not null)
        {
            html.Raw("<p><strong>").Text(problem).Raw("</strong></p>\n");
        }

        Detection lead = incident.Lead;
        html.Facts(
        [
            ("Incident", SafeText.OneLine(incident.Title)),
            ("Cluster", SafeText.OneLine(incident.Cluster)),
            ("When", string.Create(CultureInfo.InvariantCulture, $"{incident.From.UtcDateTime:yyyy-MM-dd HH:mm} to {incident.To.UtcDateTime:yyyy-MM-dd HH:mm} UTC")),
            ("Who", SafeText.OneLine(lead.Who)),
            ("On what", SafeText.OneLine(lead.OnWhat)),
        ]);
        html.Raw("<form method=\"post\">\n");
        Hidden(html, "t", ticketText);
        Hidden(html, "lead", lead.Id);
        if (ticket.Answer == Answer.Suppress)
        {
            html.Raw("<p>Detections like the gravest of this incident do not alert, where all of these agree. Whatever else the actor does still alerts.</p>\n");
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
                html.Raw(string.Create(CultureInfo.InvariantCulture, $"<option value=\"{days}\"{(days == 7 ? " selected" : "")}>{days} {(days == 1 ? "day" : "days")}</option>"));
            }

            html.Raw("</select></label>\n");
        }

        html.Raw("<label>Your name<br><input name=\"author\" required maxlength=\"100\" size=\"40\"></label>\n")
            .Raw("<label>Why<br><textarea name=\"note\" required maxlength=\"1000\" rows=\"3\" cols=\"50\"></textarea></label>\n")
            .Raw("<p><button>").Text(Verb(ticket.Answer)).Raw("</button></p></form>\n");
        return html.End();
    }

    internal static string Say(string title, string text) => Begin(title).Raw("<p>").Text(text).Raw("</p>\n").End();

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
