using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Digests;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.LocalHost.Tests.EndToEnd;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>What is held back, by a suppression or by the budget, is counted and told.</summary>
public sealed class SuppressionTests(LocalStackFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Update_SuppressedIncident_AsksForNoAlertAndTheDigestSaysWhy()
    {
        await using AlertBench bench = new(fixture);
        AlertMessage hidden = await bench.IncidentAsync("backup@example.org", rule: "noisy");
        AlertMessage other = await bench.IncidentAsync("mallory@example.org", rule: "noisy");
        await SuppressAsync(bench, principal: "backup@*");

        await UpdateAsync(bench, hidden, other);

        Assert.Equal(other.Incident, Assert.Single(bench.Queue.All).Incident);
        DigestContent digest = await DigestAsync(bench);
        DigestSuppression line = Assert.Single(digest.Suppressions, line => line.Suppression.Cluster == bench.Cluster);
        Assert.Equal((1, 1), (line.Incidents, line.Findings));
        Assert.Contains("by jane: nightly. Held back 1 incidents, 1 findings", DigestRenderer.Render(digest, hasChart: false).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_SuppressedActorDoesSomethingElse_Alerts()
    {
        await using AlertBench bench = new(fixture);
        AlertMessage message = await bench.IncidentAsync("backup@example.org", rule: "noisy");
        await SuppressAsync(bench, principal: "backup@*");
        await UpdateAsync(bench, message);
        Assert.Empty(bench.Queue.All);

        await bench.IncidentAsync("backup@example.org", Severity.Critical, rule: "other");
        await UpdateAsync(bench, message);
        await bench.Queue.DrainAsync(bench.SendAsync);

        string mail = Assert.Single(bench.Server.Messages);
        Assert.Contains("Rule other", mail, StringComparison.Ordinal);
        Assert.DoesNotContain("Rule noisy", mail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_SuppressedSinceItWasQueued_SendsNothing()
    {
        await using AlertBench bench = new(fixture);
        AlertMessage message = await bench.IncidentAsync("backup@example.org", rule: "noisy");
        await SuppressAsync(bench, principal: "backup@example.org");

        await bench.SendAllAsync(message);

        Assert.Empty(bench.Server.Messages);
        Assert.Equal(JournalKind.Suppressed, Assert.Single(await bench.JournalAsync()).Kind);
    }

    [Fact]
    public async Task Update_StormOfTenThousandIncidents_SendsNoMoreThanTheBudgetAndTheDigestCountsTheRest()
    {
        const int storm = 10_000;
        const int budget = 30;
        await using AlertBench bench = new(fixture);
        List<Detection> detections =
        [
            .. Enumerable.Range(0, storm).Select(i => Some.Detection($"storm-{i}", i % 60, principal: $"user-{i}@example.org") with { Cluster = bench.Cluster }),
        ];
        await new DetectionTable(fixture.Storage()).WriteAsync(detections, Cancellation);
        ActorDay[] days = [.. detections.Select(ActorDay.Of)];

        // Every minute some of it is new; and all of it is looked at again.
        foreach (ActorDay[] some in days.Chunk(storm / 2).Append(days[..100]))
        {
            await bench.Services.GetRequiredService<IncidentUpdater>().RunAsync(some, Cancellation);
        }

        await bench.Queue.DrainAsync(bench.SendAsync);

        Assert.InRange(bench.Server.Messages.Count, 1, budget);
        DigestContent digest = await DigestAsync(bench);
        List<DigestIncident> held = [.. digest.OverBudget.Where(incident => incident.Cluster == bench.Cluster)];
        Assert.Equal(storm, bench.Server.Messages.Count + held.Count);
        AlertMail mail = DigestRenderer.Render(digest, hasChart: false);
        Assert.Contains($"{digest.OverBudget.Count.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)} held back", mail.Subject, StringComparison.Ordinal);
        Assert.InRange(mail.Html.Length, 1, 200_000);
    }

    private static Task SuppressAsync(AlertBench bench, string principal) => bench.Services.GetRequiredService<SuppressionTable>().WriteAsync(
        new Suppression
        {
            Cluster = bench.Cluster,
            Rule = "rule-noisy",
            Principal = principal,
            Reason = "nightly",
            Author = "jane",
            Created = bench.Clock.GetUtcNow(),
            Until = bench.Clock.GetUtcNow().AddDays(7),
        },
        Cancellation);

    private static Task<(int Updated, int Alerts, int Held)> UpdateAsync(AlertBench bench, params AlertMessage[] incidents) => bench.Services.GetRequiredService<IncidentUpdater>()
        .RunAsync([.. incidents.Select(static one => new ActorDay(one.Cluster, one.Actor, one.Day))], Cancellation);

    private static Task<DigestContent> DigestAsync(AlertBench bench) => bench.Services.GetRequiredService<DigestReader>()
        .ReadAsync(bench.Clock.GetUtcNow().AddHours(-24), bench.Clock.GetUtcNow().AddMinutes(1), Cancellation);
}
