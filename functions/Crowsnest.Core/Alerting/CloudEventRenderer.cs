using System.Globalization;
using System.Text.Json.Nodes;

namespace Crowsnest.Core.Alerting;

/// <summary>Writes an alert as a CloudEvent (1.0, structured JSON) for whatever system of the user's own.</summary>
public static class CloudEventRenderer
{
    public const string ContentType = "application/cloudevents+json";

    /// <summary>The body to post.</summary>
    public static string Render(AlertContent alert)
    {
        JsonObject answers = [];
        foreach ((string label, string value) in alert.Answers)
        {
            answers[label] = value;
        }

        JsonObject data = new()
        {
            ["incidentId"] = alert.IncidentId,
            ["revision"] = alert.Revision,
            ["cluster"] = alert.Cluster,
            ["severity"] = alert.Severity.ToString().ToLowerInvariant(),
            ["title"] = alert.Title,
            ["principal"] = alert.Principal,
            ["from"] = Time(alert.From),
            ["to"] = Time(alert.To),
            ["tactics"] = Lines(alert.Tactics),
            ["techniques"] = Lines(alert.Techniques.Select(static technique => technique.Id)),
            ["answers"] = answers,
            ["steps"] = Lines(alert.Steps.Select(static step => $"{step.When} {step.What}")),
            ["reasons"] = Lines(alert.Reasons),
            ["checks"] = Lines(alert.Checks),
            ["look"] = Lines(alert.Looks.Select(static command => command.Line)),
            ["stop"] = Lines(alert.Stops.Select(static command => command.Line)),
            ["evidence"] = new JsonArray([.. alert.Evidence.Select(static evidence =>
                (JsonNode)new JsonObject { ["blob"] = evidence.Blob, ["line"] = evidence.Line })]),
        };
        if (alert.Links is { } links)
        {
            data["links"] = new JsonObject
            {
                ["evidence"] = links.Evidence?.AbsoluteUri,
                ["attack"] = links.Attack.AbsoluteUri,
                ["expected"] = links.Expected.AbsoluteUri,
                ["suppress"] = links.Suppress.AbsoluteUri,
            };
            if (links.Console is { } console)
            {
                data["links"]!["console"] = console.AbsoluteUri;
            }
        }

        return new JsonObject
        {
            ["specversion"] = "1.0",
            ["id"] = alert.MessageId,
            ["source"] = $"/crowsnest/clusters/{Uri.EscapeDataString(alert.Cluster)}",
            ["type"] = "dev.crowsnest.alert.v1",
            ["subject"] = alert.IncidentId,
            ["time"] = Time(alert.To),
            ["datacontenttype"] = "application/json",
            ["data"] = data,
        }.ToJsonString();
    }

    private static JsonArray Lines(IEnumerable<string> lines) => [.. lines.Select(static line => (JsonNode)line)];

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
