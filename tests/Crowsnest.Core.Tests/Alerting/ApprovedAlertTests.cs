using System.Text.Json;
using Crowsnest.Core.Alerting;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Alerting;

/// <summary>What reaches people and other systems, word for word, as somebody read and approved it.</summary>
public sealed class ApprovedAlertTests
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    [Theory]
    [InlineData("mail-text")]
    [InlineData("mail-html")]
    [InlineData("mail-update-html")]
    [InlineData("slack")]
    [InlineData("teams")]
    [InlineData("pagerduty")]
    [InlineData("cloudevent")]
    public void Render_SampleIncident_IsAsApproved(string channel)
    {
        AlertContent alert = SampleIncident.Alert();

        string said = channel switch
        {
            "mail-text" => AlertMail.Of(alert).Text,
            "mail-html" => AlertMail.Of(alert).Html,
            "mail-update-html" => AlertMail.Of(SampleIncident.Alert(revision: 2)).Html,
            "slack" => Indent(SlackRenderer.Render(alert)),
            "teams" => Indent(TeamsRenderer.Render(alert)),
            "pagerduty" => Indent(PagerDutyRenderer.Render(alert, "routing-key")),
            _ => Indent(CloudEventRenderer.Render(alert)),
        };

        Assert.True(Approval.Matches($"alert-{channel}", said), "see tests/fixtures/approved");
    }

    private static string Indent(string json) =>
        JsonSerializer.Serialize(JsonSerializer.Deserialize<JsonElement>(json), Readable).ReplaceLineEndings("\n") + "\n";
}
