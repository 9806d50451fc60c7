using System.Text.RegularExpressions;
using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Functions.Pages;
using Crowsnest.Functions.Pages.Access;
using Crowsnest.Functions.Pages.Content;
using Crowsnest.Functions.Pages.Explore;
using Crowsnest.Functions.Pages.Health;
using Crowsnest.Functions.Pages.Incidents;
using Crowsnest.Testing;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.Functions.Tests.Pages;

/// <summary>Whatever an attacker writes into names, user agents, notes and settings is shown as text by every page.</summary>
public sealed partial class HostilePageTests : IAsyncDisposable
{
    private readonly ConsoleHost _host = new("", ConsoleHost.Local);

    public static TheoryData<string> Hostile { get; } = new(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "' style='background:url(http://evil.example/x)",
        "</td></tr></table></svg><a href=\"http://evil.example\">click</a>",
        "</text></g></svg><script>alert(1)</script>",
        "</textarea></title><script>alert(1)</script>",
        "a\r\nBcc: everyone@example.org\r\n\r\nbody",
        "a\u001b[2J\u001b[31mred",
        "a\u202egnp.exe\u202c\u2066x\u2069\u200f",
        "javascript:alert(document.cookie)",
        "?cluster=other&id=../../settings#x",
        "@Model {{7*7}} ${7*7}",
        "&lt;script&gt;",
        "\ud800 half a pair \u0000 nul \u2028 line \ufeff");

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task Pages_HostileText_MakeNoElementAndNoLink(string text)
    {
        Dictionary<string, string> harmless = await RenderAllAsync("jane");
        Dictionary<string, string> hostile = await RenderAllAsync(text);

        Assert.All(hostile, page =>
        {
            // Nothing but our own markup: what a harmless name gives is what a hostile one gives, but for where links lead.
            Assert.Equal(TagsOf(harmless[page.Key]), TagsOf(page.Value));
            Assert.All(Targets().Matches(page.Value), static link => Assert.Matches(
                "^(/api/console|#|https://attack\\.mitre\\.org/)", System.Net.WebUtility.HtmlDecode(link.Groups[1].Value)));
            Assert.DoesNotContain(page.Value, static c => char.IsControl(c) && c is not '\n' and not '\r' and not '\t');
            Assert.DoesNotContain('\u202e', page.Value);
        });
    }

    // A value in an address stays one value.
    [Theory]
    [MemberData(nameof(Hostile))]
    public void Links_HostileText_StaysTheValueOfItsField(string text)
    {
        Uri link = new(new Uri("http://localhost"), Links.Ask("what", "user", text, text));

        Assert.Equal("/api/console/explore/what", link.AbsolutePath);
        Assert.Equal(2, link.Query.Split('&').Length);
        Assert.Equal("", link.Fragment);
    }

    // Of attributes only the names: values hold what is shown, encoded.
    private static List<string> TagsOf(string html) =>
        [.. Tags().Matches(html).Select(static tag => Values().Replace(tag.Value, "=\"\""))];

    private async Task<Dictionary<string, string>> RenderAllAsync(string text)
    {
        Detection[] findings =
        [
            .. SampleIncident.Incident.Detections.Select(d => d with
            {
                Cluster = "prod",
                What = text,
                Who = text,
                FromWhere = text,
                OnWhat = text,
                GoingWhere = text,
                UserAgent = text,
                AuditIds = [text],
                AllowedBy = text,
                Rule = d.Rule with { Title = text, Version = text },
                Reasons = [new Reason("rule", text, 0)],
                Evidence = [new Evidence(text, 1)],
                Target = d.Target is { } target ? target with { Name = text, Namespace = text } : null,
                Principal = d.Principal + text,
                Opens = [.. d.Opens.Select(opened => opened + text)],
            }),
        ];
        Incident incident = IncidentBuilder.Group(findings)[0] with { Title = text };
        AlertContent content = AlertContent.Of(incident, 1, SampleIncident.Rules, links: null) with
        {
            Checks = [text],
            Looks = [new AlertCommand(text, text)],
            Stops = [new AlertCommand(text, text)],
        };
        CaseRecord record = new(
        [
            new CaseEntry(DateTimeOffset.UnixEpoch, text, text, CaseState.InProgress, text),
            new CaseEntry(DateTimeOffset.UnixEpoch, text, text, CaseState.Duplicate, null, text),
        ]);
        ListedIncident listed = new(incident, record);
        ReportTable table = new(
            "access",
            text,
            ["cluster", "principal", "objects", "requests", "addresses", "example", "record"],
            [["prod", text, text, 3L, new List<object?> { text, text }, text, text], ["prod", "b", "c", 3L, new List<object?>(), "d", "e"]])
        {
            Shown = [new("who", "{principal}", "{cluster}"), new("what", "{objects} {requests}"), new("from", "{addresses*}"), new("r", "{record}")],
        };
        DigestFeed feed = new(text, 1, 2, 3, DateTimeOffset.UnixEpoch, 4, text, [1, 2, 3], [(text, [text])]);
        DigestContent day = new()
        {
            From = DateTimeOffset.UnixEpoch,
            To = DateTimeOffset.UnixEpoch,
            Told = [new DigestIncident(Severity.High, text, text, 2, text, default)],
            OverBudget = [],
            Failures = [text],
            Suppressions = [],
            Noisy = [new NoisyRule(text, text, 3, 2, text)],
            Feeds = [feed],
            Model = [text],
        };
        SigmaRule rule = SampleIncident.Rules.Rules[0];
        return new()
        {
            ["list"] = await RenderAsync<IncidentList>(text, new IncidentListModel(
                new IncidentFilter { Cluster = text, Actor = text, Text = text, Tactic = text }, text, [text], [listed], 50, true)),
            ["incident"] = await RenderAsync<IncidentPage>(text, new IncidentModel(
                incident, content, record, [listed], incident.Detections, 3, null, null, text)),
            ["evidence"] = await RenderAsync<EvidencePage>(text, new EvidenceModel(
                incident, [new EvidenceRecord(new Evidence(text, 1), [incident.Lead], SafeText.OneLine(text))])),
            ["explore"] = await RenderAsync<ExplorePage>(text, new ExploreModel(
                "who", new Report(text, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, [text], [table, table with { Name = "x" }], [text]), text, 1)),
            ["overview"] = await RenderAsync<OverviewPage>(text, new OverviewModel(
                day, new Dictionary<Severity, int> { [Severity.High] = 1 }, [listed], [incident.Day], [new ClusterDays(text, 1, [1], 1)], 30, 160)),
            ["feeds"] = await RenderAsync<FeedsPage>(text, day),
            ["rule"] = await RenderAsync<RulePage>(text, new RuleModel(
                rule, SafeText.OneLine(text), [(text, text)], [(text, incident.Day, 1, 1)], 7,
                new RuleTrialResult(default, default, false, 1, 1, [(text, text, 1)], [new RuleTrialExample(default, text, text, text)]))),
            ["suppressions"] = await RenderAsync<SuppressionsPage>(text, new SuppressionsModel(
                [
                    new Suppression
                    {
                        Cluster = text, Principal = text, Source = text, Target = text, Reason = text, Author = text,
                        Created = default, Until = default,
                    },
                ],
                new Dictionary<string, string>(),
                DateTimeOffset.UnixEpoch)),
            ["models"] = await RenderAsync<ModelsPage>(text, new ModelsModel(text, [text], null, [CardOf(text)])),
            ["settings"] = await RenderAsync<SettingsPage>(text, new SettingsModel([(text, [(text, text)])], [text])),
            ["message"] = await RenderAsync<MessagePage>(text, text),
        };
    }

    private static ModelCard CardOf(string text) => new()
    {
        Artefact = text,
        Version = text,
        Trained = default,
        From = default,
        To = default,
        Events = 1,
        Principals = 1,
        Previous = text,
        Accepted = false,
        Gates = [],
        Drift = 1,
        NewlyAccepted = [text],
    };

    private Task<string> RenderAsync<TPage>(string text, object model)
        where TPage : IComponent
    {
        DefaultHttpContext context = new();
        context.Request.Path = "/api/console/incidents";
        context.Request.QueryString = QueryString.Create(new Dictionary<string, string?>
        {
            ["cluster"] = text,
            ["resource"] = text,
            ["from"] = text,
            ["state"] = text,
            ["offset"] = "50",
        });
        return _host.Services.GetRequiredService<PageWriter>().RenderAsync<TPage>(
            new PageRequest(context.Request, new Visitor(text, ConsoleRole.Admin), "token", FormCollection.Empty), text, model);
    }

    [GeneratedRegex("<[a-z/!][^>]*>", RegexOptions.IgnoreCase)]
    private static partial Regex Tags();

    [GeneratedRegex("=\"[^\"]*\"")]
    private static partial Regex Values();

    [GeneratedRegex("(?:href|src|action)=\"([^\"]*)\"")]
    private static partial Regex Targets();
}
