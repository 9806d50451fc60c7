using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Alerting;

/// <summary>Whatever an attacker writes into names, user agents and paths is shown as text by every channel.</summary>
public sealed partial class InjectionTests
{
    private static readonly string[] OurHosts = ["attack.mitre.org", "crowsnest.example.org", "adaptivecards.io"];

    public static TheoryData<string> Hostile { get; } = new(
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\" onmouseover=\"alert(1)",
        "' style='background:url(http://evil.example/x)",
        "</td></tr></table><a href=\"http://evil.example\">click</a>",
        "a\r\nBcc: everyone@example.org\r\n\r\nbody",
        "a\u001b[2J\u001b[31mred",
        "a\u202egnp.exe\u202c\u2066x\u2069\u200f",
        "javascript:alert(document.cookie)",
        "[click here](javascript:alert(1))",
        "[click](http://evil.example)",
        "https://evil.example/login",
        "<!channel> <!here> <@U123> <http://evil.example|your bank>",
        "*bold* _italic_ ~struck~ `code` ```block```",
        "<at>everyone</at> **bold** # heading\n- item",
        "{{DATE(2017-02-14T06:08:00Z)}}",
        "&lt;script&gt;",
        "\ud800 half a pair \u0000 nul \u2028 line \ufeff");

    [Theory]
    [MemberData(nameof(Hostile))]
    public void MailHtml_HostileText_MakesNoElementAndNoLink(string text)
    {
        string html = AlertMail.Of(Alert(text)).Html;

        // Nothing but our own markup: what a harmless name gives is what a hostile one gives.
        Assert.Equal(
            Tags().Matches(AlertMail.Of(Alert("jane")).Html).Select(static tag => tag.Value),
            Tags().Matches(html).Select(static tag => tag.Value));
        Assert.All(Targets().Matches(html), static link => Assert.Contains(new Uri(link.Groups[1].Value).Host, OurHosts));
        AssertPlain(html);
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void MailText_HostileText_ForgesNoLineAndNoLink(string text)
    {
        AlertMail harmless = AlertMail.Of(Alert("jane"));
        AlertMail mail = AlertMail.Of(Alert(text));

        Assert.Equal(harmless.Text.Count(static c => c == '\n'), mail.Text.Count(static c => c == '\n'));
        Assert.DoesNotContain('\n', mail.Subject);
        Assert.All(Addresses().Matches(mail.Text), static link => Assert.Contains(new Uri(link.Value).Host, OurHosts));
        AssertPlain(mail.Text + mail.Subject);
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Slack_HostileText_StandsWhereNoMarkupIsRead(string text)
    {
        JsonElement message = JsonSerializer.Deserialize<JsonElement>(SlackRenderer.Render(Alert(text)));

        string fallback = message.GetProperty("text").GetString()!;
        Assert.DoesNotContain('<', fallback);
        Assert.DoesNotContain('>', fallback);
        Assert.DoesNotMatch(@"(?<!\u200B)[*_~`]", fallback);
        foreach (JsonElement element in Objects(message.GetProperty("blocks")))
        {
            if (element.TryGetProperty("type", out JsonElement type))
            {
                Assert.DoesNotContain(type.GetString(), new[] { "mrkdwn", "markdown", "link", "user", "broadcast" });
            }

            if (element.TryGetProperty("url", out JsonElement url))
            {
                Assert.Equal("crowsnest.example.org", new Uri(url.GetString()!).Host);
            }
        }

        AssertPlain(Strings(message.GetProperty("blocks")));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Teams_HostileText_StandsWhereNoMarkdownIsRead(string text)
    {
        JsonElement message = JsonSerializer.Deserialize<JsonElement>(TeamsRenderer.Render(Alert(text)));

        foreach (JsonElement element in Objects(message))
        {
            if (element.TryGetProperty("type", out JsonElement type))
            {
                Assert.Contains(type.GetString(), new[] { "message", "AdaptiveCard", "RichTextBlock", "TextRun", "Action.OpenUrl" });
            }

            if (element.TryGetProperty("url", out JsonElement url))
            {
                Assert.Equal("crowsnest.example.org", new Uri(url.GetString()!).Host);
            }
        }

        AssertPlain(Strings(message));
    }

    [Theory]
    [MemberData(nameof(Hostile))]
    public void PagerDutyAndCloudEvents_HostileText_IsTextOnly(string text)
    {
        foreach (string body in new[] { PagerDutyRenderer.Render(Alert(text), "key"), CloudEventRenderer.Render(Alert(text)) })
        {
            JsonElement message = JsonSerializer.Deserialize<JsonElement>(body);

            Assert.All(
                Objects(message).Where(static element => element.TryGetProperty("href", out _)),
                static element => Assert.Contains(new Uri(element.GetProperty("href").GetString()!).Host, OurHosts));
            AssertPlain(Strings(message));
        }
    }

    private static AlertContent Alert(string text)
    {
        Detection hostile = Some.Detection("a", principal: text) with
        {
            UserAgent = text,
            What = text,
            Who = text,
            FromWhere = text,
            OnWhat = text,
            GoingWhere = text,
            Rule = new RuleReference("r", text, "1"),
            Reasons = [new Reason("x", text, 0), new Reason("y", "a second reason", 0)],
            Evidence = [new Evidence(text, 1)],
            Target = new TargetObject("pods", "", text, text),
            AllowedBy = $"RBAC: allowed by ClusterRoleBinding \"{text}\" of ClusterRole \"{text}\" to User \"{text}\"",
        };
        Detection later = hostile with { Id = "b", Tactics = ["persistence"], Time = hostile.Time.AddMinutes(2) };
        Incident incident = IncidentBuilder.Group([hostile, later])[0];
        AlertContent alert = AlertContent.Of(incident, 1, RuleSet.Empty, SampleIncident.Links);

        // How many commands there are hangs on what kind of principal and binding it is; how they are shown does not.
        return alert with { Looks = [.. alert.Looks.Take(1)], Stops = [new AlertCommand(alert.Title, SafeText.ShellWord(text))] };
    }

    // Line ends are ours; everything else that is no character to be seen, or that makes a link of text, is not let through.
    private static void AssertPlain(string text)
    {
        Assert.DoesNotContain(text, static c => char.IsControl(c) && c != '\n');
        Assert.DoesNotContain(
            text,
            static c => CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator);
        Assert.DoesNotContain("http://evil", text, StringComparison.Ordinal);
        Assert.DoesNotContain("https://evil", text, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonElement> Objects(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(static property => Objects(property.Value)).Prepend(element),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(Objects),
        _ => [],
    };

    private static string Strings(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => string.Join(' ', element.EnumerateObject().Select(static property => Strings(property.Value))),
        JsonValueKind.Array => string.Join(' ', element.EnumerateArray().Select(Strings)),
        JsonValueKind.String => element.GetString()!,
        _ => "",
    };

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex("(?:href|src)=\"([^\"]*)\"")]
    private static partial Regex Targets();

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex Addresses();
}
