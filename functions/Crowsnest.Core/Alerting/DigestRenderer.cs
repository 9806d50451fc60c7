using System.Globalization;
using System.Text;

namespace Crowsnest.Core.Alerting;

/// <summary>Writes the daily digest.</summary>
public static class DigestRenderer
{
    private const int MostIncidents = 25;
    private const int MostRulesNamed = 6;

    /// <summary>Writes the mail, without the chart.</summary>
    /// <param name="digest">What it says.</param>
    /// <param name="hasChart">True when a chart comes with it.</param>
    public static AlertMail Render(DigestContent digest, bool hasChart)
    {
        string day = digest.To.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        string held = digest.OverBudget.Count > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {digest.OverBudget.Count:N0} held back") : "";
        string failed = digest.Failures.Count > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {digest.Failures.Count:N0} not delivered") : "";
        string subject = string.Create(
            CultureInfo.InvariantCulture, $"[Digest] {day}: {digest.Told.Count:N0} incidents told{held}{failed}");
        List<(string Title, IReadOnlyList<string> Lines)> sections = Sections(digest);
        return new AlertMail(
            $"digest.{day}@crowsnest", null, subject, Text(subject, digest, sections), Html(subject, digest, sections, hasChart));
    }

    private static List<(string, IReadOnlyList<string>)> Sections(DigestContent digest) =>
    [
        ("Told", Lines(digest.Told, "nothing")),
        .. digest.FirstDays.Count == 0 ? [] : new[] { ("First days of new clusters, told together", Lines(digest.FirstDays, "")) },
        ("Held back, because the daily budget was used up", Lines(digest.OverBudget, "nothing")),
        ("Not delivered", digest.Failures.Count == 0 ? ["nothing"] : [.. digest.Failures.Select(AlertContent.Say)]),
        ("Suppressions, and what each held back", digest.Suppressions.Count == 0 ? ["none"] : [.. digest.Suppressions.Select(Line)]),
        ("Rules that found most", digest.Noisy.Count == 0 ? ["none stands out"] : [.. digest.Noisy.Select(Line)]),
        ("Unauthenticated sources", digest.Strangers.Count == 0 ? ["nothing"] : [.. digest.Strangers.Select(Line)]),
        ("Blind rules", digest.Feeds.All(static feed => feed.Blind.Count == 0) ? ["none"] : [.. digest.Feeds.SelectMany(Blind)]),
        ("Largest saving", digest.Feeds.All(static feed => feed.Saving is null) ? ["nothing stands out"]
            : [.. digest.Feeds.SelectMany(Saving)]),
        ("Model", [.. digest.Model.Select(AlertContent.Say)]),
    ];

    private static string Line(StrangersOfDay strangers) => AlertContent.Say(string.Create(
        CultureInfo.InvariantCulture,
        $"{strangers.Cluster}: {strangers.Findings:N0} finding{(strangers.Findings == 1 ? "" : "s")}, most often {strangers.Most}"));

    private static string Text(string subject, DigestContent digest, List<(string Title, IReadOnlyList<string> Lines)> sections)
    {
        StringBuilder text = new();
        text.Append(subject).Append('\n').Append(Span(digest)).Append('\n');
        text.Append("\nFeeds\n");
        foreach ((string cluster, string state) in Feeds(digest))
        {
            text.Append(CultureInfo.InvariantCulture, $"  {cluster}: {state}\n");
        }

        foreach ((string title, IReadOnlyList<string> lines) in sections)
        {
            text.Append('\n').Append(title).Append('\n');
            foreach (string line in lines)
            {
                text.Append("  - ").Append(line).Append('\n');
            }
        }

        if (digest.Console is { } console)
        {
            text.Append(CultureInfo.InvariantCulture, $"\nOpen the console: {console}\n");
        }

        return text.Append("\nSent by Crowsnest.\n").ToString();
    }

    private static string Html(
        string subject, DigestContent digest, List<(string Title, IReadOnlyList<string> Lines)> sections, bool hasChart)
    {
        MailHtml html = new();
        html.Raw("<h1>").Text(subject).Raw("</h1>\n<p class=\"quiet\">").Text(Span(digest)).Raw("</p>\n").Heading("Feeds");
        if (hasChart)
        {
            html.Raw($"<p><img src=\"cid:{AlertMail.ChartId}\" alt=\"Records by hour\" width=\"640\"></p>\n");
        }

        html.Facts(Feeds(digest));
        foreach ((string title, IReadOnlyList<string> lines) in sections)
        {
            html.List(title, lines);
        }

        if (digest.Console is { } console)
        {
            html.Raw("<p class=\"answer\">").Link(console, "Open the console").Raw("</p>\n");
        }

        return html.Raw("<p><small>Sent by Crowsnest.</small></p>\n").End();
    }

    private static string Span(DigestContent digest) => string.Create(
        CultureInfo.InvariantCulture, $"{digest.From.UtcDateTime:yyyy-MM-dd HH:mm} to {digest.To.UtcDateTime:yyyy-MM-dd HH:mm} UTC");

    private static IEnumerable<(string Cluster, string State)> Feeds(DigestContent digest) => digest.Feeds.Select(static feed =>
    {
        string last = feed.LastArrival is { } arrival
            ? string.Create(CultureInfo.InvariantCulture, $"the last at {arrival.UtcDateTime:MM-dd HH:mm:ss} UTC") : "none came";
        string lag = feed.LagSeconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $", {seconds:N0} s after the event") : "";
        string canary = feed.Canary.Length > 0 ? $"; canary: {feed.Canary}" : "";
        return (SafeText.OneLine(feed.Cluster), string.Create(
            CultureInfo.InvariantCulture,
            $"{feed.Records:N0} records, {last}{lag}; "
            + $"{Share(feed.Duplicates, feed.Records)} came twice, {Share(feed.Salvaged, feed.Records)} cut{canary}"));
    });

    private static string Share(long part, long all) =>
        all == 0 ? "0 %" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / all:0.##} %");

    private static List<string> Lines(IReadOnlyList<DigestIncident> incidents, string none)
    {
        List<string> lines =
        [
            .. incidents.Take(MostIncidents).Select(static incident => AlertContent.Say(
                $"{incident.Severity} {incident.Cluster}: {incident.Title}"
                + $"{(incident.Alerts > 1 ? $" ({incident.Alerts.ToString(CultureInfo.InvariantCulture)} alerts)" : "")}, "
                + $"incident {incident.Id}")),
        ];
        if (incidents.Count > MostIncidents)
        {
            IEnumerable<string> kinds = incidents.Skip(MostIncidents).GroupBy(static incident => incident.Severity)
                .OrderByDescending(static group => group.Key)
                .Select(static group => string.Create(
                    CultureInfo.InvariantCulture, $"{group.Count():N0} {group.Key.ToString().ToLowerInvariant()}"));
            lines.Add(string.Create(
                CultureInfo.InvariantCulture, $"and {incidents.Count - MostIncidents:N0} more: {string.Join(", ", kinds)}"));
        }

        return lines.Count == 0 ? [none] : lines;
    }

    private static string Line(DigestSuppression line)
    {
        Suppression one = line.Suppression;
        string[] fields =
        [
            .. new[]
            {
                ("rule", line.RuleTitle.Length > 0 ? line.RuleTitle : one.Rule),
                ("principal", one.Principal),
                ("source", one.Source),
                ("target", one.Target),
            }.Where(static field => field.Item2.Length > 0).Select(static field => $"{field.Item1} {field.Item2}"),
        ];
        return AlertContent.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{one.Cluster}: {string.Join(", ", fields)}; until {one.Until.UtcDateTime:yyyy-MM-dd}, "
            + $"by {one.Author}: {one.Reason}. "
            + $"Held back {line.Incidents:N0} incidents, {line.Findings:N0} findings. Id {one.Id}"));
    }

    private static string Line(NoisyRule rule) => AlertContent.Say(string.Create(
        CultureInfo.InvariantCulture,
        $"{rule.Cluster}: {rule.Title}, {rule.Findings:N0} findings by {rule.Principals:N0} principals; "
        + $"{rule.Suggestion}"));

    private static IEnumerable<string> Saving(DigestFeed feed) => feed.Saving is not { } saving ? [] :
    [
        AlertContent.Say(string.Create(
            CultureInfo.InvariantCulture, $"{feed.Cluster}: {saving.What}, {100 * saving.Share:0} % of the bytes; {saving.Remark}")),
    ];

    private static IEnumerable<string> Blind(DigestFeed feed) => feed.Blind.Select(blind =>
    {
        string more = blind.Rules.Count > MostRulesNamed
            ? string.Create(CultureInfo.InvariantCulture, $" and {blind.Rules.Count - MostRulesNamed:N0} more") : "";
        return AlertContent.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{feed.Cluster}: {blind.Rules.Count:N0} {blind.Why}: "
            + $"{string.Join(", ", blind.Rules.Take(MostRulesNamed))}{more}"));
    });
}
