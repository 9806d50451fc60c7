using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.Console;

/// <summary>The console as people use it: in a browser, with a keyboard, on a phone, in the dark, without scripts.</summary>
public sealed partial class ConsoleTests(ConsoleFixture fixture) : IClassFixture<ConsoleFixture>
{
    // With what the sample has in it.
    private const string Attacker = "system:serviceaccount:internal-tools:legacy-tooling";

    private static readonly string[] Pages =
    [
        "", "/incidents", "/explore", $"/explore/what?user={Attacker}", "/explore/who?resource=secrets/payments",
        "/explore/timeline?object=clusterrolebindings/k8s-sync-90", "/explore/tools",
        "/explore/sql?query=SELECT%20verb%20FROM%20events%20LIMIT%203", "/rules", "/models", "/feeds", "/suppressions", "/settings",
    ];

    [Fact]
    public async Task FromAMailsLink_ToClosedAsAttack()
    {
        await using ConsoleWindow window = await fixture.OpenAsync();
        string link = ConsoleLink().Match(MailAbout(Attacker)).Groups[1].Value;
        Assert.StartsWith(fixture.Origin + "/api/console/incident?", link, StringComparison.Ordinal);

        await window.Page.GotoAsync(link);
        await window.Page.GetByLabel("State").SelectOptionAsync("InProgress");
        await window.Page.GetByLabel("Owner").FillAsync("jane");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Record" }).ClickAsync();
        await Assertions.Expect(window.Page.Locator(".lead")).ToContainTextAsync("being looked at, with jane");
        await window.Page.GetByLabel("State").SelectOptionAsync("Attack");
        await window.Page.Locator("textarea[name=note]").First.FillAsync("The token was stolen; it was revoked.");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Record" }).ClickAsync();

        await Assertions.Expect(window.Page.Locator(".lead")).ToContainTextAsync("closed as attack");
        await Assertions.Expect(window.Page.Locator("ol.record")).ToContainTextAsync("gave it to jane");
        await Assertions.Expect(window.Page.Locator("ol.record li").Last).ToContainTextAsync("The token was stolen; it was revoked.");
        await window.GoAsync("/incidents?state=Attack");
        await Assertions.Expect(window.Page.Locator("table.list tbody tr")).ToHaveCountAsync(1);
        AssertQuiet(window);
    }

    [Fact]
    public async Task WithoutScripts_AnIncidentIsClosedAsWell()
    {
        await using ConsoleWindow window = await fixture.OpenAsync(runsScripts: false);
        await window.GoAsync("/incidents");
        await window.Page.Locator("table.list tbody a").Last.ClickAsync();

        await window.Page.GetByLabel("State").SelectOptionAsync("Expected");
        await window.Page.Locator("textarea[name=note]").First.FillAsync("A planned roll-out.");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Record" }).ClickAsync();

        await Assertions.Expect(window.Page.Locator(".lead")).ToContainTextAsync("closed as expected");
        await Assertions.Expect(window.Page.Locator("button.small")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task Keyboard_Alone_LeadsFromTheOverviewIntoAnIncidentsForm()
    {
        await using ConsoleWindow window = await fixture.OpenAsync();
        await window.Page.Keyboard.PressAsync("Tab");
        await window.Page.Keyboard.PressAsync("Enter");
        Assert.EndsWith("#content", window.Page.Url, StringComparison.Ordinal);

        await TabToAsync(window.Page, "a[href*='/incident?']");
        await window.Page.Keyboard.PressAsync("Enter");
        await window.Page.WaitForURLAsync("**/incident?**");
        await TabToAsync(window.Page, "svg.timeline a");
        await TabToAsync(window.Page, "select[name=state]");
        await TabToAsync(window.Page, "textarea[name=note]");
        await window.Page.Keyboard.TypeAsync("Seen by keyboard.");
        await TabToAsync(window.Page, "button");
        await window.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(window.Page.Locator("ol.record")).ToContainTextAsync("Seen by keyboard.");
    }

    [Fact]
    public async Task Filter_Severity_ShowsNoLesserOnes()
    {
        await using ConsoleWindow window = await fixture.OpenAsync();
        await window.GoAsync("/incidents?state=any");
        await window.Page.GetByLabel("Severity").SelectOptionAsync("High");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Filter" }).ClickAsync();

        IReadOnlyList<string> badges = await window.Page.Locator("table.list tbody .badge").AllTextContentsAsync();
        Assert.NotEmpty(badges);
        Assert.All(badges, static badge => Assert.Contains(badge, new[] { "High", "Critical" }));
    }

    [Fact]
    public async Task Incident_TimelineAndGraph_LeadToWhatTheyShow()
    {
        await using ConsoleWindow window = await fixture.OpenAsync(height: 1200);
        await window.GoAsync("/incidents?state=any&severity=Critical");
        await window.Page.Locator("table.list tbody a").First.ClickAsync();

        await Assertions.Expect(window.Page.Locator("svg.graph rect")).Not.ToHaveCountAsync(0);
        await window.PictureAsync("incident");
        await window.Page.Locator("svg.timeline a[href^='#f']").First.ClickAsync();
        Assert.Matches("#f\\d+$", window.Page.Url);
        await window.Page.Locator("svg.timeline a .when").First.ClickAsync();
        await Assertions.Expect(window.Page.Locator("#timeline + p")).ToContainTextAsync("Show all of it");
        AssertQuiet(window);
    }

    [Fact]
    public async Task Explore_FromANameOnTheIncidentsPage()
    {
        await using ConsoleWindow window = await fixture.OpenAsync();
        await window.GoAsync("/incidents?state=any&severity=Critical");
        await window.Page.Locator("table.list tbody a").First.ClickAsync();
        await window.Page.Locator("dl.facts a.name").First.ClickAsync();

        Assert.Contains("/explore/what?user=", window.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(window.Page.Locator("table.heat").First).ToBeVisibleAsync();
        await window.PictureAsync("explore");
        await window.Page.Locator("table.list a:text('event')").First.ClickAsync();
        await Assertions.Expect(window.Page.Locator("pre").First).ToContainTextAsync("\"auditID\"");
        AssertQuiet(window);
    }

    [Theory]
    [InlineData(1400, false)]
    [InlineData(1400, true)]
    [InlineData(390, false)]
    public async Task Pages_AllOfThem_HaveNoViolationOfWcagAndStayInTheirWidth(int width, bool isDark)
    {
        await using ConsoleWindow window = await fixture.OpenAsync(width, isDark);
        await window.GoAsync("/incidents?state=any&severity=Critical");
        string incident = (await window.Page.Locator("table.list tbody a").First.GetAttributeAsync("href"))!["/api/console".Length..];
        string rule = await FirstRuleAsync(window);
        foreach (string page in (string[])[.. Pages, incident, incident.Replace("/incident?", "/incident/evidence?", StringComparison.Ordinal), rule])
        {
            IResponse? response = await window.GoAsync(page);

            Assert.Equal(200, response!.Status);
            Assert.True((await response.BodyAsync()).Length < 150_000, $"{page} is {(await response.BodyAsync()).Length} bytes long");
            AxeResult found = await window.Page.RunAxe(new AxeRunOptions
            {
                RunOnly = RunOnlyOptions.Tags("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
            });
            Assert.True(found.Violations.Length == 0, $"{page}: " + string.Join("; ", found.Violations.Select(static one =>
                $"{one.Id} at {string.Join(", ", one.Nodes.Take(3).Select(static node => node.Html))}")));
            Assert.True(
                await window.Page.EvaluateAsync<int>("document.scrollingElement.scrollWidth") <= width, $"{page} is wider than {width} px");
        }

        AssertQuiet(window);
        if (width == 1400)
        {
            await window.GoAsync("");
            await window.PictureAsync(isDark ? "overview-dark" : "overview");
            await window.GoAsync("/rules");
            await window.PictureAsync(isDark ? "rules-dark" : "rules");
        }
        else
        {
            await window.GoAsync(incident);
            await window.PictureAsync("incident-390");
        }
    }

    [Fact]
    public async Task WithoutTheCookie_NothingIsShown()
    {
        await using ConsoleWindow window = await fixture.OpenAsync();
        await window.Page.Context.ClearCookiesAsync();

        IResponse? response = await window.GoAsync("/incidents");

        Assert.Equal(403, response!.Status);
        await Assertions.Expect(window.Page.Locator("body")).ToContainTextAsync("link that the local host prints");
    }

    // Nothing was asked for elsewhere, and nothing that the policy forbids was tried.
    private static void AssertQuiet(ConsoleWindow window)
    {
        Assert.Empty(window.Elsewhere);
        Assert.Empty(window.Complaints);
    }

    private static async Task<string> FirstRuleAsync(ConsoleWindow window)
    {
        await window.GoAsync("/rules");
        string rule = (await window.Page.Locator("table.list a").First.GetAttributeAsync("href"))!["/api/console".Length..];
        return rule + "&trial=1";
    }

    private static async Task TabToAsync(IPage page, string selector)
    {
        for (int i = 0; i < 300; i++)
        {
            await page.Keyboard.PressAsync("Tab");
            if (await page.EvaluateAsync<bool>("selector => document.activeElement.matches(selector)", selector))
            {
                return;
            }
        }

        Assert.Fail($"no {selector} is reached by Tab");
    }

    // The text of the first mail about the critical incident that an actor is in.
    private string MailAbout(string actor) => Directory.EnumerateFiles(fixture.Mails, "*.eml")
        .Select(static file => MimeMessage.Load(file))
        .Where(static mail => mail.Subject?.StartsWith("[Critical]", StringComparison.Ordinal) == true)
        .Select(static mail => mail.TextBody ?? "").First(text => text.Contains(actor, StringComparison.Ordinal));

    [GeneratedRegex(@"Open the console:\s+(\S+)")]
    private static partial Regex ConsoleLink();
}
