using System.Globalization;
using System.Text;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Feedback;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Incidents;
using Crowsnest.Functions.Pages;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>
/// Where the links in alerts lead: <c>GET /api/answer?t=TICKET</c> shows the evidence or asks, <c>POST</c> records. Programs
/// that look into mails follow every link, so following one changes nothing.
/// </summary>
public sealed class AnswerAlertFunction(AnswerDesk desk, EvidenceReader evidence)
{
    private const int LongestName = 100;
    private const int LongestNote = 1000;

    // Ticket, name, note and fields, each character escaped.
    private const int LargestForm = 32 * 1024;

    private const string Ended =
        "This link does not work (any more). The incident can still be looked up, "
        + "and crowsnest suppress on the command line does what the link would have done.";
    private const string Gone = "This incident has become part of another; answer the latest alert about that.";

    [Function("AnswerAlert")]
    public Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = AnswerLinks.Route)] HttpRequest request,
        CancellationToken cancellationToken)
    {
        Guard(request.HttpContext.Response);
        return HttpMethods.IsPost(request.Method) ? RecordAsync(request, cancellationToken) : ShowAsync(request, cancellationToken);
    }

    private async Task<IResult> ShowAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        string text = request.Query["t"].ToString();
        (AnswerTicket? ticket, Incident? incident) = await desk.OpenAsync(text, cancellationToken);
        return Refuse(ticket, incident) ?? Page(ticket!.Answer is { } answer
            ? AnswerPage.Ask(text, answer, incident!, problem: null)
            : AnswerPage.Show(incident!, await evidence.ReadAsync(incident!, cancellationToken)));
    }

    private async Task<IResult> RecordAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        // Anyone may post here: of whom the address holds no ticket nothing is read, and of no one more than a form is long.
        string text = request.Query["t"].ToString();
        (AnswerTicket? ticket, Incident? incident) = await desk.OpenAsync(text, cancellationToken);
        if (Refuse(ticket?.Answer is null ? null : ticket, incident) is { } refusal)
        {
            return refusal;
        }

        if (!request.HasFormContentType || request.ContentLength is null)
        {
            return Page(AnswerPage.Say("Nothing was recorded", Ended), StatusCodes.Status400BadRequest);
        }

        if (request.ContentLength > LargestForm)
        {
            return Page(AnswerPage.Say("Nothing was recorded", Ended), StatusCodes.Status413PayloadTooLarge);
        }

        IFormCollection form = await request.ReadFormAsync(cancellationToken);
        if (form["t"] != text)
        {
            return Page(AnswerPage.Say("Nothing was recorded", Ended), StatusCodes.Status403Forbidden);
        }

        Answer answer = ticket!.Answer!.Value;
        string author = Cut(form["author"].ToString(), LongestName);
        string note = Cut(form["note"].ToString(), LongestNote);
        string? problem = author.Length == 0 || note.Length == 0 ? "Give your name and the reason."
            : form["lead"] != incident!.Lead.Id ? "The incident has grown since the page was opened. Look again, please."
            : await RecordAsync(form, answer, incident, author, note, cancellationToken);
        return problem is null
            ? Page(AnswerPage.Say("Thank you", Thanks(answer)))
            : Page(AnswerPage.Ask(text, answer, incident!, problem), StatusCodes.Status400BadRequest);
    }

    private async Task<string?> RecordAsync(
        IFormCollection form,
        Answer answer,
        Incident incident,
        string author,
        string note,
        CancellationToken cancellationToken)
    {
        if (answer == Answer.Suppress)
        {
            int days = int.TryParse(form["days"], CultureInfo.InvariantCulture, out int asked) ? asked : 1;
            return await desk.SuppressAsync(
                incident.Lead, [.. form["field"].OfType<string>()], days, author, note, cancellationToken);
        }

        return await desk.JudgeAsync(incident, answer, author, note, cancellationToken);
    }

    private static string Thanks(Answer answer) => answer switch
    {
        Answer.Attack => "Recorded as an attack: the model will not take any of it for usual.",
        Answer.Expected => "Recorded as expected: the next training may take it for usual.",
        _ => "Suppressed. The daily digest says what it holds back; crowsnest suppress on the command line takes it back.",
    };

    private static IResult? Refuse(AnswerTicket? ticket, Incident? incident) =>
        ticket is null ? Page(AnswerPage.Say("Nothing was recorded", Ended), StatusCodes.Status403Forbidden)
        : incident is null ? Page(AnswerPage.Say("Nothing was recorded", Gone), StatusCodes.Status404NotFound)
        : null;

    // The ticket stands in the address: it must go nowhere from here.
    private static void Guard(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
            + "frame-ancestors 'none'; base-uri 'none'";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
    }

    private static string Cut(string text, int longest) =>
        text.Trim() is var trimmed && trimmed.Length > longest ? trimmed[..longest] : trimmed;

    private static IResult Page(string html, int status = StatusCodes.Status200OK) =>
        Results.Content(html, "text/html", Encoding.UTF8, status);
}
