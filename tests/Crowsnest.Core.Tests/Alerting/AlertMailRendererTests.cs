using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Alerting;

public sealed class AlertMailRendererTests
{
    [Fact]
    public void Render_Incident_AnswersTheFourQuestions()
    {
        AlertMail mail = AlertMailRenderer.Render(IncidentBuilder.Group([Some.Detection("a")])[0]);

        Assert.Equal("[High] prod: Rule a, by jane@example.org", mail.Subject);
        foreach (string part in new[] { mail.Text, mail.Html })
        {
            Assert.Contains("create pods/exec (101)", part, StringComparison.Ordinal);
            Assert.Contains("jane@example.org (user)", part, StringComparison.Ordinal);
            Assert.Contains("198.51.100.7", part, StringComparison.Ordinal);
            Assert.Contains("pods/exec web in shop", part, StringComparison.Ordinal);
            Assert.Contains("a shell in web", part, StringComparison.Ordinal);
            Assert.Contains("raw/x.jsonl.gz", part, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("<img src=x onerror=alert(1)>")]
    [InlineData("\" onmouseover=\"x")]
    public void Render_HtmlInANameAnAttackerChose_IsTextInTheMail(string name)
    {
        Detection hostile = Some.Detection("a", principal: name) with { OnWhat = name, What = name, Rule = new("r", name, "1") };

        AlertMail mail = AlertMailRenderer.Render(IncidentBuilder.Group([hostile])[0]);

        Assert.DoesNotContain(name, mail.Html, StringComparison.Ordinal);
        Assert.Contains(name, mail.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a\r\nBcc: everyone@example.org")]
    [InlineData("a\u001b[2Jb")]
    [InlineData("a\u202egnp.exe")]
    public void Render_ControlCharactersInAName_AreGone(string name)
    {
        AlertMail mail = AlertMailRenderer.Render(IncidentBuilder.Group([Some.Detection("a", principal: name)])[0]);

        Assert.DoesNotContain('\r', mail.Subject);
        Assert.DoesNotContain('\n', mail.Subject);
        Assert.DoesNotContain('\u001b', mail.Subject + mail.Text + mail.Html);
        Assert.DoesNotContain('\u202e', mail.Subject + mail.Text + mail.Html);
    }

    [Fact]
    public void Render_StoryOfTwoActors_IsTold()
    {
        const string name = "system:serviceaccount:shop:<b>";
        AlertMail mail = AlertMailRenderer.Render(IncidentBuilder.Group(
        [
            Some.Detection("make", 0, Severity.High, "persistence") with { Opens = [name] },
            Some.Detection("use", 30, Severity.High, "credential-access", name),
        ])[0]);

        foreach (string line in new[] { "persistence: Rule make", "credential-access: Rule use", "what jane@example.org had opened at 11-02 10:00" })
        {
            Assert.Contains(line, mail.Text, StringComparison.Ordinal);
            Assert.Contains(line, mail.Html, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(name, mail.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_Update_AnswersTheFirstMail()
    {
        Incident incident = IncidentBuilder.Group([Some.Detection("a")])[0];
        AlertMail first = AlertMailRenderer.Render(incident);
        AlertMail second = AlertMailRenderer.Render(incident, revision: 2);

        Assert.Null(first.InReplyTo);
        Assert.Equal(first.MessageId, second.InReplyTo);
        Assert.NotEqual(first.MessageId, second.MessageId);
        Assert.StartsWith("[High] Update: prod", second.Subject, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_SameIncident_HasTheSameMessageId()
    {
        Incident before = IncidentBuilder.Group([Some.Detection("a")])[0];
        Incident after = IncidentBuilder.Group([Some.Detection("a"), Some.Detection("b", 5)])[0];

        Assert.Equal(AlertMailRenderer.Render(before).MessageId, AlertMailRenderer.Render(after).MessageId);
    }
}
