using System.Text.Json.Nodes;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>
/// Writes an alert as an adaptive card for a Teams webhook made with Workflows. Text stands in <c>TextRun</c>s, in which
/// Teams reads no Markdown; in a <c>TextBlock</c> or a fact, a name such as <c>[click](…)</c> would be a link.
/// </summary>
public static class TeamsRenderer
{
    private const int MostReasons = 5;
    private const int MostSteps = 10;

    /// <summary>The body to post.</summary>
    public static string Render(AlertContent alert)
    {
        JsonArray body =
        [
            Text(Run(alert.Subject, isBold: true, size: "medium", color: alert.Severity >= Severity.High ? "attention" : "warning")),
        ];
        foreach ((string label, string value) in alert.Answers)
        {
            body.Add(Text(Run(label + "  ", isBold: true), Run(value)));
        }

        Add(body, "Steps (UTC)", alert.Steps.Take(MostSteps).Select(static step => $"{step.When}  {step.What}"));
        Add(body, "Why", alert.Reasons.Take(MostReasons));
        Add(body, "To look", alert.Looks.Select(static command => command.Line), isCode: true);
        Add(body, "If it is an attack", alert.Stops.Select(static command => command.Line), isCode: true);
        body.Add(Text(Run($"Incident {alert.IncidentId}, cluster {alert.Cluster}. Sent by Crowsnest.", size: "small")));
        JsonObject card = new()
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["msteams"] = new JsonObject { ["width"] = "Full" },
            ["body"] = body,
        };
        if (alert.Links is { } links)
        {
            JsonArray actions =
            [
                Open("It was an attack", links.Attack),
                Open("It was expected", links.Expected),
                Open("Suppress it…", links.Suppress),
            ];
            if (links.Evidence is { } records)
            {
                actions.Insert(0, Open("Evidence", records));
            }

            if (links.Console is { } console)
            {
                actions.Insert(0, Open("Open in the console", console));
            }

            card["actions"] = actions;
        }

        return new JsonObject
        {
            ["type"] = "message",
            ["attachments"] = new JsonArray(new JsonObject
            {
                ["contentType"] = "application/vnd.microsoft.card.adaptive",
                ["contentUrl"] = null,
                ["content"] = card,
            }),
        }.ToJsonString();
    }

    private static void Add(JsonArray body, string title, IEnumerable<string> lines, bool isCode = false)
    {
        bool isFirst = true;
        foreach (string line in lines)
        {
            if (isFirst)
            {
                body.Add(Text(Run(title, isBold: true)));
                isFirst = false;
            }

            body.Add(Text(Run(line, font: isCode ? "monospace" : null)));
        }
    }

    private static JsonObject Text(params JsonNode[] runs) => new() { ["type"] = "RichTextBlock", ["inlines"] = new JsonArray(runs) };

    private static JsonObject Run(string text, bool isBold = false, string? size = null, string? color = null, string? font = null)
    {
        JsonObject run = new() { ["type"] = "TextRun", ["text"] = text };
        if (isBold)
        {
            run["weight"] = "bolder";
        }

        foreach ((string name, string? value) in new[] { ("size", size), ("color", color), ("fontType", font) })
        {
            if (value is not null)
            {
                run[name] = value;
            }
        }

        return run;
    }

    private static JsonObject Open(string title, Uri target) =>
        new() { ["type"] = "Action.OpenUrl", ["title"] = title, ["url"] = target.AbsoluteUri };
}
