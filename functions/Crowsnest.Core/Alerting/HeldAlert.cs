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
    public static AlertContent Of(string cluster, string id, int revision, IReadOnlyList<HeldIncident> held) => Of(
        cluster,
        id,
        revision,
        held,
        $"{Count(held)} held back: more than the day's alerts, or like those that were told",
        $"{Count(held)} came that are not told one by one",
        "Look at the gravest below. A flood may be there to hide one of them. The day's digest names all");

    /// <summary>Says which incidents came in a part of a cluster's first days, the gravest by name.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="id">Id of the summary; its later ones answer the first.</param>
    /// <param name="part">Which part of the first days it is, from 1.</param>
    /// <param name="held">What came, at least one.</param>
    public static AlertContent OfFirstDays(string cluster, string id, int part, IReadOnlyList<HeldIncident> held) => Of(
        cluster,
        id,
        part,
        held,
        FirstDaysAlert.Title(cluster, held.Count, held.Select(static one => one.Kind)),
        $"{Count(held)} came that would be alerts, in a cluster that is new: nobody's habits are known yet. What is critical, or led "
            + "from one identity to another, is told at once",
        "Look at the gravest below. Say of those that are daily work that they were expected. The day's digest names all");

    private static AlertContent Of(
        string cluster, string id, int revision, IReadOnlyList<HeldIncident> held, string title, string what, string toDo)
    {
        string first = $"{id}@crowsnest";
        Severity worst = held.Max(static one => one.Severity);
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
                ("What happened", what),
                ("Severities", string.Join(", ", held.GroupBy(static one => one.Severity).OrderByDescending(static some => some.Key)
                    .Select(static some => string.Create(CultureInfo.InvariantCulture, $"{some.Count():N0} {some.Key}")))),
                ("What to do", toDo),
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

    private static string Count(IReadOnlyList<HeldIncident> held) =>
        string.Create(CultureInfo.InvariantCulture, $"{held.Count:N0} incident{(held.Count > 1 ? "s" : "")}");
}
