using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Testing;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.EndToEnd;

/// <summary>The links in a mail, followed as a person does, and as a mail scanner does.</summary>
[Collection(LocalStackFixture.OneAtATime)]
public sealed partial class AnswerTests(LocalStackFixture fixture) : IDisposable
{
    private static readonly DateTimeOffset Day = new(2026, 9, 7, 9, 0, 0, TimeSpan.Zero);

    private static long _sequence = 90_000;

    private readonly HttpClient _client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Get_ByAScanner_ChangesNothing()
    {
        (Dictionary<Answer, string> links, string incident) = await AlertAsync("scanned@example.org");

        foreach (string link in links.Values.Concat(links.Values))
        {
            using HttpResponseMessage response = await _client.GetAsync(new Uri(link), Cancellation);
            string page = await response.Content.ReadAsStringAsync(Cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Contains("scanned@example.org", page, StringComparison.Ordinal);
            Assert.Contains(
                "default-src 'none'",
                string.Join(' ', response.Headers.GetValues("Content-Security-Policy")),
                StringComparison.Ordinal);
            Assert.Equal("no-referrer", string.Join(' ', response.Headers.GetValues("Referrer-Policy")));
        }

        Assert.DoesNotContain(incident, (await new FeedbackTable(fixture.Stack.Storage).ReadAsync("default", Cancellation)).Keys);
        Assert.DoesNotContain(
            await new SuppressionTable(fixture.Stack.Storage).ReadAllAsync(Cancellation),
            static one => one.Principal == "scanned@example.org");
    }

    [Theory]
    [InlineData(Answer.Attack)]
    [InlineData(Answer.Expected)]
    public async Task Post_Judgement_IsRecorded(Answer answer)
    {
        (Dictionary<Answer, string> links, string incident) = await AlertAsync($"judged-{answer}@example.org");

        HttpStatusCode status = await PressAsync(links[answer], static _ => { });

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(answer, (await new FeedbackTable(fixture.Stack.Storage).ReadAsync("default", Cancellation))[incident].Answer);
    }

    [Fact]
    public async Task Post_Suppression_HidesWhatIsLikeIt()
    {
        (Dictionary<Answer, string> links, _) = await AlertAsync("quiet@example.org");

        Assert.Equal(HttpStatusCode.OK, await PressAsync(links[Answer.Suppress], static _ => { }));

        Suppression suppression = Assert.Single(
            await new SuppressionTable(fixture.Stack.Storage).ReadAsync("default", Cancellation),
            static one => one.Principal == "quiet@example.org");
        Assert.Equal("jane", suppression.Author);
        Assert.Equal("maintenance", suppression.Reason);
        Assert.NotEmpty(suppression.Rule);
        Assert.NotEmpty(suppression.Target);
        Assert.Empty(suppression.Source);
        Assert.Equal(TimeSpan.FromDays(7), suppression.Until - suppression.Created);
    }

    [Theory]
    [InlineData("field")]
    [InlineData("author")]
    [InlineData("note")]
    [InlineData("lead")]
    public async Task Post_SomethingIsMissing_AsksAgainAndRecordsNothing(string missing)
    {
        (Dictionary<Answer, string> links, _) = await AlertAsync($"asked-{missing}@example.org");

        HttpStatusCode status = await PressAsync(links[Answer.Suppress], form => form.RemoveAll(field => field.Key == missing));

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.DoesNotContain(
            await new SuppressionTable(fixture.Stack.Storage).ReadAllAsync(Cancellation),
            one => one.Principal == $"asked-{missing}@example.org");
    }

    // One field and a made-up one would silence a whole rule.
    [Fact]
    public async Task Post_MadeUpFields_DoNotCount()
    {
        (Dictionary<Answer, string> links, _) = await AlertAsync("broad@example.org");

        HttpStatusCode status = await PressAsync(links[Answer.Suppress], static form =>
        {
            form.RemoveAll(static field => field.Key == "field" && field.Value != nameof(Suppression.Rule));
            form.Add(new("field", "Nonsense"));
        });

        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    [Fact]
    public async Task Get_ForgedLink_IsRefused()
    {
        using HttpResponseMessage response = await _client.GetAsync(
            new Uri($"http://127.0.0.1:{fixture.HttpPort}/api/{AnswerLinks.Route}?t=eyJhIjoxfQ.AAAA"), Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Get_Evidence_ShowsTheRecordsBehindTheIncident()
    {
        (string[] links, _) = await MailAsync("<b>shown@example.org");

        using HttpResponseMessage response = await _client.GetAsync(new Uri(links[0]), Cancellation);

        string page = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.Contains(
            "default-src 'none'",
            string.Join(' ', response.Headers.GetValues("Content-Security-Policy")),
            StringComparison.Ordinal);
        Assert.DoesNotContain("<b>", page, StringComparison.Ordinal);
        string text = WebUtility.HtmlDecode(page);
        Assert.Contains("\"auditID\": \"answer-<b>shown@example.org\"", text, StringComparison.Ordinal);
        Assert.Contains("\"verb\": \"list\"", text, StringComparison.Ordinal);
        Assert.Contains("Secrets of all namespaces listed", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Post_LinkToTheEvidence_IsRefused()
    {
        (string[] links, string incident) = await MailAsync("looked@example.org");
        string ticket = links[0].Split("t=")[1];
        using FormUrlEncodedContent content = new([new("t", ticket), new("author", "jane"), new("note", "x")]);

        using HttpResponseMessage response = await _client.PostAsync(new Uri(links[0]), content, Cancellation);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.DoesNotContain(incident, (await new FeedbackTable(fixture.Stack.Storage).ReadAsync("default", Cancellation)).Keys);
    }

    private async Task<HttpStatusCode> PressAsync(string link, Action<List<KeyValuePair<string, string>>> change)
    {
        string page = await _client.GetStringAsync(new Uri(link), Cancellation);
        List<KeyValuePair<string, string>> form =
        [
            .. Inputs().Matches(page).Select(static input => new KeyValuePair<string, string>(
                input.Groups["name"].Value, WebUtility.HtmlDecode(input.Groups["value"].Value))),
            new("author", "jane"), new("note", "maintenance"), new("days", "7"),
        ];
        change(form);
        using FormUrlEncodedContent content = new(form);
        using HttpResponseMessage response = await _client.PostAsync(new Uri(link), content, Cancellation);
        return response.StatusCode;
    }

    // All secrets of the cluster are grave enough for an alert.
    private async Task<(Dictionary<Answer, string> Links, string Incident)> AlertAsync(string user)
    {
        (string[] links, string incident) = await MailAsync(user);
        return (new() { [Answer.Attack] = links[1], [Answer.Expected] = links[2], [Answer.Suppress] = links[3] }, incident);
    }

    private async Task<(string[] Links, string Incident)> MailAsync(string user)
    {
        EventJson exec = new()
        {
            AuditId = $"answer-{user}",
            User = user,
            Verb = "list",
            Resource = "secrets",
            Namespace = "",
            Name = "",
            Code = 200,
            Time = Day,
        };
        await fixture.SendAsync([Encoding.UTF8.GetBytes(exec.ToString())], 1, Interlocked.Increment(ref _sequence), 0, Day);
        await fixture.Stack.DrainAsync(TimeProvider.System, Cancellation);
        MimeMessage mail = Directory.EnumerateFiles(fixture.Mails, "*.eml").Select(static file => MimeMessage.Load(file))
            .Single(mail => mail.TextBody!.Contains(user, StringComparison.Ordinal));
        string[] links = [.. Links().Matches(mail.TextBody!).Select(static link => link.Value)];
        Assert.Equal(4, links.Length);
        return (links, mail.MessageId!.Split('@')[0]);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/api/answer\?t=\S+")]
    private static partial Regex Links();

    // Hidden fields, and boxes that are ticked.
    [GeneratedRegex(
        "<input type=\"(?:hidden\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\""
        + "|checkbox\" name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\" checked)>")]
    private static partial Regex Inputs();
}
