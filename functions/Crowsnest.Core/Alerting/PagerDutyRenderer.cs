using System.Globalization;
using System.Text.Json.Nodes;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>
/// Writes an alert as an event for PagerDuty's Events API v2. The incident's id is the key by which PagerDuty joins updates
/// to what is open already.
/// </summary>
public static class PagerDutyRenderer
{
    private const int LongestSummary = 1024;

    /// <summary>The body to post.</summary>
    /// <param name="alert">The alert.</param>
    /// <param name="routingKey">Integration key of the PagerDuty service.</param>
    public static string Render(AlertContent alert, string routingKey)
    {
        JsonObject details = [];
        foreach ((string label, string value) in alert.Answers)
        {
            details[label] = value;
        }

        details["Steps"] = Lines(alert.Steps.Select(static step => $"{step.When} {step.What}"));
        details["Why"] = Lines(alert.Reasons);
        details["To look"] = Lines(alert.Looks.Select(static command => command.Line));
        details["If it is an attack"] = Lines(alert.Stops.Select(static command => command.Line));
        JsonArray links =
            [.. alert.Techniques.Select(static technique => (JsonNode)Link(technique.Page, $"{technique.Id} {technique.Name}"))];
        if (alert.Links is { } answers)
        {
            if (answers.Console is { } console)
            {
                links.Add(Link(console, "Console"));
            }

            if (answers.Evidence is { } records)
            {
                links.Add(Link(records, "Evidence"));
            }

            links.Add(Link(answers.Attack, "It was an attack"));
            links.Add(Link(answers.Expected, "It was expected"));
            links.Add(Link(answers.Suppress, "Suppress it"));
        }

        return new JsonObject
        {
            ["routing_key"] = routingKey,
            ["event_action"] = "trigger",
            ["dedup_key"] = alert.IncidentId,
            ["client"] = "Crowsnest",
            ["payload"] = new JsonObject
            {
                ["summary"] = SafeText.OneLine(alert.Subject, LongestSummary),
                ["source"] = alert.Cluster,
                ["severity"] = alert.Severity switch
                {
                    Severity.Critical => "critical",
                    Severity.High => "error",
                    Severity.Medium => "warning",
                    _ => "info",
                },
                ["timestamp"] = alert.To.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
                ["component"] = alert.Principal,
                ["class"] = alert.Tactics.Count > 0 ? alert.Tactics[^1] : "",
                ["custom_details"] = details,
            },
            ["links"] = links,
        }.ToJsonString();
    }

    private static JsonArray Lines(IEnumerable<string> lines) => [.. lines.Select(static line => (JsonNode)line)];

    private static JsonObject Link(Uri target, string text) => new() { ["href"] = target.AbsoluteUri, ["text"] = text };
}
