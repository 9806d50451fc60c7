using System.Text.Json.Nodes;

namespace Crowsnest.Core.Alerting;

/// <summary>
/// Writes an alert as a message for a Slack incoming webhook. Everything stands in <c>plain_text</c> and <c>rich_text</c>
/// elements, in which Slack reads no markup: names hold asterisks, mentions and links if an attacker likes.
/// </summary>
public static class SlackRenderer
{
    // Slack's limits: a header 150 characters, a text element 3,000.
    private const int LongestHeader = 150;
    private const int MostReasons = 5;
    private const int MostSteps = 10;

    /// <summary>The body to post.</summary>
    public static string Render(AlertContent alert)
    {
        JsonArray blocks =
        [
            new JsonObject { ["type"] = "header", ["text"] = Plain(SafeText.OneLine(alert.Subject, LongestHeader)) },
            new JsonObject { ["type"] = "rich_text", ["elements"] = new JsonArray(Facts(alert.Answers)) },
        ];
        Add(blocks, "Steps (UTC)", [.. alert.Steps.Take(MostSteps).Select(static step => $"{step.When}  {step.What}")]);
        Add(blocks, "Why", [.. alert.Reasons.Take(MostReasons)]);
        Add(blocks, "To look", [.. alert.Looks.Select(static command => command.Line)]);
        Add(blocks, "If it is an attack", [.. alert.Stops.Select(static command => command.Line)]);
        if (alert.Links is { } links)
        {
            JsonArray buttons =
            [
                Button("It was an attack", links.Attack),
                Button("It was expected", links.Expected),
                Button("Suppress it…", links.Suppress),
            ];
            if (links.Evidence is { } records)
            {
                buttons.Insert(0, Button("Evidence", records));
            }

            if (links.Console is { } console)
            {
                buttons.Insert(0, Button("Open", console));
            }

            blocks.Add(new JsonObject { ["type"] = "actions", ["elements"] = buttons });
        }

        blocks.Add(new JsonObject
        {
            ["type"] = "context",
            ["elements"] = new JsonArray(Plain($"Incident {alert.IncidentId}, cluster {alert.Cluster}. Sent by Crowsnest.")),
        });
        return new JsonObject
        {
            // What notifications show; this one is read as markup unless its signs are escaped.
            ["text"] = Escape(alert.Subject),
            ["blocks"] = blocks,
        }.ToJsonString();
    }

    private static JsonObject Facts(IReadOnlyList<(string Label, string Value)> facts)
    {
        JsonArray elements = [];
        foreach ((string label, string value) in facts)
        {
            elements.Add(Run(label + "  ", isBold: true));
            elements.Add(Run(value + "\n", isBold: false));
        }

        return new JsonObject { ["type"] = "rich_text_section", ["elements"] = elements };
    }

    private static void Add(JsonArray blocks, string title, IReadOnlyList<string> lines)
    {
        if (lines.Count == 0)
        {
            return;
        }

        JsonArray items = [.. lines.Select(static line => (JsonNode)new JsonObject
        {
            ["type"] = "rich_text_section",
            ["elements"] = new JsonArray(Run(line, isBold: false)),
        })];
        blocks.Add(new JsonObject
        {
            ["type"] = "rich_text",
            ["elements"] = new JsonArray(
                new JsonObject { ["type"] = "rich_text_section", ["elements"] = new JsonArray(Run(title, isBold: true)) },
                new JsonObject { ["type"] = "rich_text_list", ["style"] = "bullet", ["elements"] = items }),
        });
    }

    private static JsonObject Run(string text, bool isBold)
    {
        JsonObject run = new() { ["type"] = "text", ["text"] = text };
        if (isBold)
        {
            run["style"] = new JsonObject { ["bold"] = true };
        }

        return run;
    }

    private static JsonObject Plain(string text) => new() { ["type"] = "plain_text", ["text"] = text, ["emoji"] = false };

    private static JsonObject Button(string text, Uri target) =>
        new() { ["type"] = "button", ["text"] = Plain(text), ["url"] = target.AbsoluteUri };

    // Mentions and links begin with a less-than sign; the marks of bold, italic, struck and code are parted from their words.
    private static string Escape(string text)
    {
        string escaped = text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);
        return string.Concat(escaped.Select(static c => c is '*' or '_' or '~' or '`' ? $"\u200B{c}\u200B" : c.ToString()));
    }
}
