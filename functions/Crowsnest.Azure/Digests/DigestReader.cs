using System.Globalization;
using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Rules;

namespace Crowsnest.Azure.Digests;

/// <summary>Gathers what a digest says.</summary>
public sealed class DigestReader(
    AlertJournal journal,
    SuppressionTable suppressions,
    DetectionTable detections,
    IncidentTable incidents,
    FeedTable feeds,
    FeedHourTable feedHours,
    CanaryTable canaries,
    CurrentRules rules,
    ModelStore models,
    AnswerLinks links)
{
    private const int MostNewlyAccepted = 8;

    // AKS fixes its policy: what can be chosen is the category.
    private const string AksCategories = "kube-audit";

    private const string OffByChoice = "off until lists of your own have entries (docs/rules.md)";

    // Each is a read; in a storm the first hundreds are those that were told.
    private const int MostSuspected = 500;

    public async Task<DigestContent> ReadAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        RuleSet ruleSet = await rules.GetAsync(cancellationToken);
        IReadOnlyList<JournalEntry> entries = await journal.ReadAsync(from, to, cancellationToken);
        entries = [.. entries.Where(static entry => entry.Kind != JournalKind.Sent || !AlertMessage.IsSummaryId(entry.Incident))];
        List<DigestIncident> told = Incidents(entries, JournalKind.Sent);
        HashSet<string> known = [.. told.Select(static incident => incident.Id)];
        IReadOnlySet<string> suspects = await SuspectsAsync(entries, cancellationToken);
        List<DigestFeed> feedLines = [];
        List<NoisyRule> noisy = [];
        List<StrangersOfDay> strangers = [];
        foreach (string cluster in await feeds.ClustersAsync(cancellationToken))
        {
            feedLines.Add(await FeedAsync(cluster, from, to, ruleSet, cancellationToken));
            List<(RuleReference, DetectionSource, string)> found = await FindingsAsync(cluster, from, to, entries, cancellationToken);
            noisy.AddRange(NoisyRule.Of(cluster, found, suspects));
            if (StrangersOfDay.Of(cluster, found) is { } line)
            {
                strangers.Add(line);
            }
        }

        return new DigestContent
        {
            From = from,
            To = to,
            Told = told,

            // What was told after all, when it went further, was not held back.
            OverBudget = [.. Incidents(entries, JournalKind.OverBudget).Where(incident => !known.Contains(incident.Id))],
            FirstDays = [.. Incidents(entries, JournalKind.FirstDays).Where(incident => !known.Contains(incident.Id))],
            Failures = [.. entries
                .Where(static entry => entry.Kind is JournalKind.Failed or JournalKind.Unconfirmed or JournalKind.Unreadable)
                .Select(static entry =>
                    $"{entry.Severity} {entry.Cluster}: {entry.Title} over {entry.By}: "
                    + $"{entry.Kind.ToString().ToLowerInvariant()}, {entry.Detail}")],
            Suppressions = await SuppressionsAsync(entries, from, ruleSet, cancellationToken),
            Noisy = noisy,
            Strangers = strangers,
            Feeds = feedLines,
            Console = links.Console,
            Model = await ModelAsync(cancellationToken),
        };
    }

    // Whoever took part in an incident that was told, or would have been but for the budget or the cluster's first days.
    private async Task<IReadOnlySet<string>> SuspectsAsync(IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
    {
        HashSet<string> suspects = new(StringComparer.Ordinal);
        foreach ((string cluster, DateOnly day, string incident) in entries
            .Where(static entry => entry.Kind is JournalKind.Sent or JournalKind.OverBudget or JournalKind.FirstDays)
            .Select(static entry => (entry.Cluster, entry.Day, entry.Incident)).Distinct().Take(MostSuspected))
        {
            suspects.UnionWith((await incidents.FindAsync(cluster, day, incident, cancellationToken))?.Actors ?? []);
        }

        return suspects;
    }

    private static List<DigestIncident> Incidents(IReadOnlyList<JournalEntry> entries, JournalKind kind) =>
    [
        .. entries.Where(entry => entry.Kind == kind).GroupBy(static entry => (entry.Cluster, entry.Incident))
            .Select(static group => new DigestIncident(
                group.Max(static entry => entry.Severity), group.Key.Cluster, group.Last().Title,
                group.Select(static entry => entry.Revision).Distinct().Count(), group.Key.Incident, group.First().Day))
            .OrderByDescending(static incident => incident.Severity).ThenBy(static incident => incident.Cluster, StringComparer.Ordinal)
            .ThenBy(static incident => incident.Title, StringComparer.Ordinal),
    ];

    private async Task<IReadOnlyList<DigestSuppression>> SuppressionsAsync(
        IReadOnlyList<JournalEntry> entries, DateTimeOffset from, RuleSet ruleSet, CancellationToken cancellationToken)
    {
        ILookup<string, JournalEntry> held = entries.Where(static entry => entry.Kind == JournalKind.Suppressed)
            .ToLookup(static entry => entry.By);
        return
        [
            .. (await suppressions.ReadAllAsync(cancellationToken))
                .Where(suppression => suppression.Until >= from || held.Contains(suppression.Id))
                .Select(suppression => new DigestSuppression(
                    suppression,
                    ruleSet.Rules.FirstOrDefault(rule => rule.Reference.Id == suppression.Rule)?.Reference.Title ?? "",
                    held[suppression.Id].Select(static entry => entry.Incident).Distinct().Count(),
                    held[suppression.Id].GroupBy(static entry => entry.Incident)
                        .Sum(static incident => incident.Max(static entry => entry.Findings)))),
        ];
    }

    // By event time; and the days that alerts were about, which in a replay are others.
    private async Task<List<(RuleReference, DetectionSource, string)>> FindingsAsync(
        string cluster, DateTimeOffset from, DateTimeOffset to, IReadOnlyList<JournalEntry> entries, CancellationToken cancellationToken)
    {
        List<(RuleReference, DetectionSource, string)> found = [];
        foreach (DateOnly day in new[] { from, to }.Select(static time => DateOnly.FromDateTime(time.UtcDateTime))
            .Concat(entries.Where(entry => entry.Cluster == cluster).Select(static entry => entry.Day)).Distinct())
        {
            found.AddRange(await detections.TallyAsync(cluster, day, cancellationToken));
        }

        return found;
    }

    private async Task<DigestFeed> FeedAsync(
        string cluster, DateTimeOffset from, DateTimeOffset to, RuleSet ruleSet, CancellationToken cancellationToken)
    {
        DateTimeOffset first = FeedHour.StartOf(from);
        Dictionary<DateTimeOffset, FeedHour> known =
            (await feedHours.ReadAsync(cluster, first, cancellationToken)).ToDictionary(static hour => hour.Start);
        List<FeedHour> hours = [];
        for (DateTimeOffset start = first; start < to; start = start.AddHours(1))
        {
            hours.Add(known.TryGetValue(start, out FeedHour? hour) ? hour : await feeds.HourAsync(cluster, start, cancellationToken));
        }

        CaptureFacts facts = new();
        FeedVolume volume = default;
        bool isFixed = false;
        DateTimeOffset? last = null;
        foreach (FeedPulse pulse in await feeds.PulsesAsync(cluster, from, to, cancellationToken))
        {
            facts.Merge(pulse.Facts);
            volume += pulse.Volume;
            isFixed |= pulse.Categories.Any(static category => category.StartsWith(AksCategories, StringComparison.Ordinal));
            last = pulse.LatestArrival > last || last is null ? pulse.LatestArrival : last;
        }

        double[] lags = [.. hours.Select(static hour => hour.LagSeconds).OfType<double>().Order()];
        return new DigestFeed(
            cluster,
            hours.Sum(static hour => hour.Records),
            hours.Sum(static hour => hour.Duplicates),
            hours.Sum(static hour => hour.Salvaged),
            last,
            lags.Length == 0 ? null : lags[lags.Length / 2],
            await CanaryAsync(cluster, cancellationToken),
            [.. hours.Select(static hour => hour.Records)],
            last is null ? [] : Blind(ruleSet, facts))
        {
            Saving = FeedSaving.Of(volume, isFixed, ruleSet, facts),
        };
    }

    private static List<(string, IReadOnlyList<string>)> Blind(RuleSet ruleSet, CaptureFacts facts) =>
    [
        .. ruleSet.Rules.Select(rule => (rule.Reference.Title, Why: rule.IsOff ? OffByChoice : facts.Blindness(rule)))
            .Where(static rule => rule.Why.Length > 0)
            .GroupBy(static rule => rule.Why)
            .OrderByDescending(static group => group.Count()).ThenBy(static group => group.Key, StringComparer.Ordinal)
            .Select(static group => (group.Key, (IReadOnlyList<string>)[.. group.Select(static rule => rule.Title)])),
    ];

    private async Task<string> CanaryAsync(string cluster, CancellationToken cancellationToken)
    {
        var all = await canaries.ReadAsync(cluster, cancellationToken);
        double[] took =
        [
            .. all.Where(static canary => canary.Seen is not null)
                .Select(static canary => (canary.Seen!.Value - canary.Sent).TotalSeconds).Order(),
        ];
        return all.Count == 0 ? "" : took.Length == 0 ? "none came back"
            : string.Create(CultureInfo.InvariantCulture, $"{took.Length:N0} of {all.Count:N0} back, {took[took.Length / 2]:N0} s");
    }

    private async Task<IReadOnlyList<string>> ModelAsync(CancellationToken cancellationToken)
    {
        List<string> lines = [];
        ModelPointer? current = (await models.CurrentAsync(cancellationToken))?.Pointer;
        lines.Add(current is null ? "none has been trained yet: the one that ships judges" : string.Create(
            CultureInfo.InvariantCulture,
            $"{current.Version} is in use since {current.Published.UtcDateTime:yyyy-MM-dd HH:mm} UTC, "
            + $"from {current.Events:N0} requests of {current.Principals:N0} principals"
            + $"{(current.Pinned ? ", pinned by a rollback" : "")}"));
        if (await models.LastTryAsync(cancellationToken) is { Fault.Length: > 0 } tried)
        {
            lines.Add(tried.Say());
        }

        if (await models.ListAsync(cancellationToken) is [.., ModelCard card])
        {
            string gates = string.Join("; ", card.Gates.Where(static gate => !gate.Passed).Select(static gate =>
                string.Create(CultureInfo.InvariantCulture, $"{gate.Name} {gate.New:0.##} against {gate.Current:0.##}")));
            lines.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"the last training, {card.Trained.UtcDateTime:yyyy-MM-dd HH:mm} UTC, "
                + $"was {(card.Accepted ? "accepted" : $"refused: {gates}")}"));
            lines.Add(card.Drift is { } drift
                ? string.Create(
                    CultureInfo.InvariantCulture,
                    $"drift: the model before gave {drift:0.0} times the alerts that its budget allows")
                : "drift: not known yet");
            lines.AddRange(card.NewlyAccepted.Take(MostNewlyAccepted).Select(static line => $"became usual: {line}"));
            if (card.NewlyAccepted.Count > MostNewlyAccepted)
            {
                lines.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"and {card.NewlyAccepted.Count - MostNewlyAccepted:N0} more (crowsnest model diff)"));
            }
        }

        return lines;
    }
}
