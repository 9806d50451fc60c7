using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Alerting;

/// <summary>Writes the plain-text twin of an alert mail.</summary>
internal static class AlertTextRenderer
{
    internal static string Render(AlertContent alert)
    {
        StringBuilder text = new();
        Line(text, alert.Title);
        Line(text);
        foreach ((string label, string value) in alert.Answers)
        {
            Line(text, $"{label + ":",-20}{value}");
        }

        Times(text, "Steps (UTC)", alert.Steps);
        Times(text, "Who opened the way for whom (UTC)", alert.Openers);
        List(text, "Why", alert.Reasons);
        List(text, "What to check first", alert.Checks);
        Commands(text, "To look (these change nothing)", alert.Looks);
        Commands(text, "If it is an attack (nothing of this has been done)", alert.Stops);
        Heading(text, "Findings, in order of time (UTC)");
        foreach (AlertFinding finding in alert.Findings)
        {
            Line(text, $"  {finding.When}  {finding.Severity,-8}  {finding.Title}{finding.Repeats}");
            Line(text, $"{"",28}{finding.Sentence}");
        }

        if (alert.MoreFindings > 0)
        {
            Line(text, string.Create(CultureInfo.InvariantCulture, $"  and {alert.MoreFindings:N0} more kinds"));
        }

        if (alert.Omitted.Length > 0)
        {
            Line(text, $"  {alert.Omitted}");
        }

        if (alert.Techniques.Count > 0)
        {
            List(text, "ATT&CK", alert.Techniques.Select(static technique => $"{technique.Id} {technique.Name} {technique.Page}"));
        }

        if (alert.Evidence.Count > 0)
        {
            List(text, "Evidence", alert.Evidence.Select(static evidence => string.Create(
                CultureInfo.InvariantCulture, $"{evidence.Blob} line {evidence.Line}")));
            if (alert.Links?.Evidence is { } records)
            {
                Line(text, $"  See the records:    {records}");
            }
        }

        if (alert.Links is { } links)
        {
            Heading(text, "Your answer");
            if (links.Console is { } console)
            {
                Line(text, $"  Open the console:   {console}");
            }

            Line(text, $"  It was an attack:   {links.Attack}");
            Line(text, $"  It was expected:    {links.Expected}");
            Line(text, $"  Suppress it:        {links.Suppress}");
        }

        Line(text);
        Line(text, $"Incident {alert.IncidentId}, cluster {alert.Cluster}. Sent by Crowsnest.");
        return text.ToString();
    }

    private static void Times(StringBuilder text, string title, IReadOnlyList<(string When, string What)> lines)
    {
        if (lines.Count > 0)
        {
            Heading(text, title);
            foreach ((string when, string what) in lines)
            {
                Line(text, $"  {when}  {what}");
            }
        }
    }

    private static void Commands(StringBuilder text, string title, IReadOnlyList<AlertCommand> commands)
    {
        if (commands.Count > 0)
        {
            Heading(text, title);
            foreach (AlertCommand command in commands)
            {
                Line(text, $"  {command.Why}:");
                Line(text, $"    {command.Line}");
            }
        }
    }

    private static void List(StringBuilder text, string title, IEnumerable<string> lines)
    {
        Heading(text, title);
        foreach (string line in lines)
        {
            Line(text, $"  - {line}");
        }
    }

    private static void Heading(StringBuilder text, string title)
    {
        Line(text);
        Line(text, title);
    }

    // The same on every system, so that a mail sent twice is the same.
    private static void Line(StringBuilder text, string line = "") => text.Append(line).Append('\n');
}
