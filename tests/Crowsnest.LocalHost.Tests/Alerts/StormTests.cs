using System.Globalization;
using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Digests;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>However many incidents there are, no more is sent than the budget allows, and the rest is told.</summary>
public sealed class StormTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Update_StormOfTwoThousandIncidents_SendsNoMoreThanTheBudgetAndTheDigestCountsTheRest()
    {
        const int storm = 2_000;
        const int budget = 30;
        await using AlertBench bench = new(azurite.Connection);
        List<Detection> detections =
        [
            .. Enumerable.Range(0, storm).Select(i => Some.Detection($"storm-{i}", i % 60, principal: $"user-{i}@example.org") with { Cluster = bench.Cluster, Rule = new RuleReference("rule-storm", "Storm", "1") }),
        ];
        await new DetectionTable(bench.Storage).WriteAsync(detections, Cancellation);
        ActorDay[] days = [.. detections.Select(ActorDay.Of)];

        // Every minute some of it is new; and all of it is looked at again.
        foreach (ActorDay[] some in days.Chunk(storm / 2).Append(days[..100]))
        {
            await bench.Services.GetRequiredService<IncidentUpdater>().RunAsync(some, Cancellation);
        }

        await bench.Queue.DrainAsync(bench.SendAsync);

        int summaries = bench.Mails.Count(static mail => mail.Subject!.Contains("held back", StringComparison.Ordinal));
        Assert.InRange(summaries, 1, 2);
        Assert.InRange(bench.Server.Messages.Count - summaries, 1, budget);
        DigestContent digest = await bench.Services.GetRequiredService<DigestReader>()
            .ReadAsync(bench.Clock.GetUtcNow().AddHours(-24), bench.Clock.GetUtcNow().AddMinutes(1), Cancellation);
        List<DigestIncident> held = [.. digest.OverBudget.Where(incident => incident.Cluster == bench.Cluster)];
        Assert.Equal(storm, bench.Server.Messages.Count - summaries + held.Count);
        AlertMail mail = DigestRenderer.Render(digest, hasChart: false);
        Assert.Contains(
            $"{digest.OverBudget.Count.ToString("N0", CultureInfo.InvariantCulture)} held back",
            mail.Subject,
            StringComparison.Ordinal);
        Assert.InRange(mail.Html.Length, 1, 200_000);
    }
}
