using System.Text.Encodings.Web;
using System.Text.Json;
using Crowsnest.Core.Alerting;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Alerting;

/// <summary>Where people can sign in to the console, every channel leads to the incident's page there; else none does.</summary>
public sealed class ConsoleLinkTests
{
    private static readonly JsonSerializerOptions AsItIs = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string Address = "https://crowsnest.example.org/api/console/incident?cluster=prod";

    private static readonly AlertContent Without = SampleIncident.Alert();

    private static readonly AlertContent With = Without with { Links = SampleIncident.Links with { Console = new Uri(Address) } };

    public static TheoryData<string> Channels { get; } = new("mail", "html", "cloud", "pager", "slack", "teams");

    [Theory]
    [MemberData(nameof(Channels))]
    public void Alert_ConsoleIsOpen_LeadsThere(string channel)
    {
        Assert.Contains(Address, Render(channel, With), StringComparison.Ordinal);
        Assert.DoesNotContain("/api/console", Render(channel, Without), StringComparison.Ordinal);
    }

    private static string Render(string channel, AlertContent alert) => channel switch
    {
        "mail" => AlertMail.Of(alert).Text,
        "html" => AlertMail.Of(alert).Html,
        "cloud" => Plain(CloudEventRenderer.Render(alert)),
        "pager" => Plain(PagerDutyRenderer.Render(alert, "key")),
        "slack" => Plain(SlackRenderer.Render(alert)),
        _ => Plain(TeamsRenderer.Render(alert)),
    };

    // JSON may write characters of an address in other ways.
    private static string Plain(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json), AsItIs);
}
