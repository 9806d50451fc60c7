using Azure;
using Crowsnest.Azure;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Rules;
using Crowsnest.Functions.Pages.Access;
using Crowsnest.Functions.Pages.Health;
using Microsoft.Extensions.Options;

namespace Crowsnest.Functions.Pages.Content;

/// <summary>What judges: rules and models; and what is held back: suppressions.</summary>
internal sealed class ContentPages(
    CurrentRules rules,
    ModelStore models,
    SuppressionTable suppressions,
    DetectionTable detections,
    IncidentIndex index,
    RuleTrial trial,
    DayView view,
    IOptions<ConsoleOptions> options,
    TimeProvider clock,
    PageWriter writer) : IPageGroup
{
    private const int DaysOfHits = 7;
    private const int MostDays = 60;

    public IReadOnlyList<ConsolePage> Pages =>
    [
        new("rules", ConsoleRole.Reader, async (request, cancel) =>
            await writer.ShowAsync<RulesPage>(request, "Rules", await CoverageAsync(cancel))),
        new("rule", ConsoleRole.Reader, RuleAsync),
        new("models", ConsoleRole.Reader, ModelsAsync),
        new("models/use", ConsoleRole.Admin, UseModelAsync, IsPosted: true),
        new("suppressions", ConsoleRole.Reader, SuppressionsAsync),
        new("suppressions/remove", ConsoleRole.Analyst, RemoveSuppressionAsync, IsPosted: true),
    ];

    private async Task<CoverageModel> CoverageAsync(CancellationToken cancellationToken)
    {
        DigestContent day = await view.GetAsync(cancellationToken);
        return new CoverageModel(
            await rules.GetAsync(cancellationToken),
            day.Feeds.SelectMany(static feed => feed.Blind.SelectMany(
                    static group => group.Rules, (group, title) => (Title: title, feed.Cluster, group.Why)))
                .ToLookup(static one => one.Title, static one => (one.Cluster, one.Why)));
    }

    private async Task<IResult> RuleAsync(PageRequest request, CancellationToken cancellationToken)
    {
        CoverageModel coverage = await CoverageAsync(cancellationToken);
        if (coverage.Rules.Rules.FirstOrDefault(rule => rule.Reference.Id == request["id"]) is not { } rule)
        {
            return await writer.SayAsync(
                request,
                "There is no such rule",
                "It is no rule in use: a correlation, one that was taken out, or the model.",
                StatusCodes.Status404NotFound);
        }

        List<(string, DateOnly, int, int)> hits = [];
        foreach (IGrouping<DateOnly, (string Cluster, DateOnly Day)> day in (await index.DaysAsync(cancellationToken))
            .GroupBy(static one => one.Day).OrderByDescending(static one => one.Key).Take(DaysOfHits))
        {
            foreach ((string cluster, DateOnly of) in day.Take(MostDays / DaysOfHits))
            {
                List<string> principals = [.. (await detections.TallyAsync(cluster, of, cancellationToken))
                    .Where(one => one.Rule.Id == rule.Reference.Id).Select(static one => one.Principal)];
                if (principals.Count > 0)
                {
                    hits.Add((cluster, of, principals.Count, principals.Distinct().Count()));
                }
            }
        }

        // To the end of the latest day that has incidents: an archive that was filled from old logs ends long ago.
        DateTimeOffset end = (await index.DaysAsync(cancellationToken)).Select(static one => one.Day).DefaultIfEmpty().Max() is var latest
            && latest == default ? clock.GetUtcNow() : new DateTimeOffset(latest.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
        int days = Math.Clamp(request.Number("trial"), 0, options.Value.ReplayDays);
        return await writer.ShowAsync<RulePage>(request, rule.Reference.Title, new RuleModel(
            rule,
            rules.TextOf(rule) ?? "",
            [.. coverage.Blind[rule.Reference.Title]],
            hits,
            options.Value.ReplayDays,
            days == 0 ? null : await trial.RunAsync(rule, end, days, request.Visitor.Name, cancellationToken)));
    }

    private async Task<IResult> ModelsAsync(PageRequest request, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> clusters = await index.ClustersAsync(cancellationToken);
        string cluster = clusters.Contains(request["cluster"]) ? request["cluster"] : "";
        ModelStore store = models.Of(cluster);
        return await writer.ShowAsync<ModelsPage>(request, "Models", new ModelsModel(
            cluster,
            clusters,
            (await store.CurrentAsync(cancellationToken))?.Pointer,
            await store.ListAsync(cancellationToken)));
    }

    private async Task<IResult> UseModelAsync(PageRequest request, CancellationToken cancellationToken)
    {
        string cluster = request.Posted("cluster");
        ModelStore store = models.Of((await index.ClustersAsync(cancellationToken)).Contains(cluster) ? cluster : "");
        IReadOnlyList<ModelCard> cards = await store.ListAsync(cancellationToken);
        bool isLatest = request.Posted("latest") == "true";
        ModelCard? card = isLatest ? cards.LastOrDefault(static one => one.Accepted)
            : cards.FirstOrDefault(one => one.Version == request.Posted("version"));
        ETag? tag = (await store.CurrentAsync(cancellationToken))?.ETag;
        return card is not null && await store.UseAsync(card, pinned: !isLatest, tag, cancellationToken)
            ? Results.Redirect(Links.Page("models", ("cluster", store.IsOfFleet ? "" : cluster)))
            : await writer.SayAsync(
                request,
                "The model was not changed",
                "There is no such model, or a training has just published one. Look at the list and try again.",
                StatusCodes.Status409Conflict);
    }

    private async Task<IResult> SuppressionsAsync(PageRequest request, CancellationToken cancellationToken)
    {
        RuleSet inUse = await rules.GetAsync(cancellationToken);
        return await writer.ShowAsync<SuppressionsPage>(request, "Suppressions", new SuppressionsModel(
            await suppressions.ReadAllAsync(cancellationToken),
            inUse.Rules.ToDictionary(
                static rule => rule.Reference.Id, static rule => rule.Reference.Title, StringComparer.OrdinalIgnoreCase),
            clock.GetUtcNow()));
    }

    private async Task<IResult> RemoveSuppressionAsync(PageRequest request, CancellationToken cancellationToken) =>
        await suppressions.RemoveAsync(request.Posted("id"), cancellationToken)
            ? Results.Redirect(Links.Page("suppressions"))
            : await writer.SayAsync(
                request, "There is no such suppression", "Somebody may have taken it back before.", StatusCodes.Status404NotFound);
}
