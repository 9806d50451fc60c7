using System.Globalization;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>The alert that tells of incidents which were held back.</summary>
public static class HeldAlert
{
    /// <summary>Says which incidents were held back, the gravest by name.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="id">Id of the summary; its later ones answer the first.</param>
    /// <param name="revision">1 for the first summary.</param>
    /// <param name="held">What was held back, at least one.</param>
    public static AlertContent Of(string cluster, string id, int revision, IReadOnlyList<HeldIncident> held)
    {
        string first = $"{id}@crowsnest";
        string count = string.Create(CultureInfo.InvariantCulture, $"{held.Count:N0} incident{(held.Count > 1 ? "s" : "")}");
        Severity worst = held.Max(static one => one.Severity);
        string title = $"{count} held back: more than the day's alerts, or like those that were told";
        return new AlertContent
        {
            MessageId = revision == 1 ? first : string.Create(CultureInfo.InvariantCulture, $"{id}.{revision}@crowsnest"),
            InReplyTo = revision == 1 ? null : first,
            IncidentId = id,
            Revision = revision,
            Cluster = SafeText.OneLine(cluster),
            Severity = worst,
            Subject = SafeText.OneLine($"[{worst}] {(revision > 1 ? "Update: " : "")}{cluster}: {title}", AlertContent.LongestSubject),
            Title = title,
            From = held.Min(static one => one.At),
            To = held.Max(static one => one.At),
            Principal = "",
            Tactics = [],
            Answers =
            [
                ("What happened", $"{count} came that are not told one by one"),
                ("Severities", string.Join(", ", held.GroupBy(static one => one.Severity).OrderByDescending(static some => some.Key)
                    .Select(static some => string.Create(CultureInfo.InvariantCulture, $"{some.Count():N0} {some.Key}")))),
                ("What to do", "Look at the gravest below. A flood may be there to hide one of them. The day's digest names all"),
            ],
            Steps = [],
            Openers = [],
            Reasons = [],
            Findings =
            [
                .. held.OrderByDescending(static one => one.Severity).ThenBy(static one => one.At)
                    .ThenBy(static one => one.Id, StringComparer.Ordinal)
                    .Take(AlertContent.MostFindings)
                    .Select(static one => new AlertFinding(
                        AlertContent.Minute(one.At), one.Severity, AlertContent.Say(one.Title), "", $"incident {one.Id}")),
            ],
            MoreFindings = Math.Max(0, held.Count - AlertContent.MostFindings),
            Techniques = [],
            Checks = [],
            Looks = [],
            Stops = [],
            Evidence = [],
            Links = null,
        };
    }
}
