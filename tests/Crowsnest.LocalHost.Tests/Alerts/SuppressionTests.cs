using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Digests;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>What is held back, by a suppression or by the budget, is counted and told.</summary>
public sealed class SuppressionTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Update_SuppressedIncident_AsksForNoAlertAndTheDigestSaysWhy()
    {
        await using AlertBench bench = new(azurite.Connection);
        AlertMessage hidden = await bench.IncidentAsync("backup@example.org", rule: "noisy");
        AlertMessage other = await bench.IncidentAsync("mallory@example.org", rule: "noisy");
        await SuppressAsync(bench, principal: "backup@*");

        await UpdateAsync(bench, hidden, other);

        Assert.Equal(other.Incident, Assert.Single(bench.Queue.All).Incident);
        DigestContent digest = await DigestAsync(bench);
        DigestSuppression line = Assert.Single(digest.Suppressions, line => line.Suppression.Cluster == bench.Cluster);
        Assert.Equal((1, 1), (line.Incidents, line.Findings));
        Assert.Contains(
            "by jane: nightly. Held back 1 incidents, 1 findings",
            DigestRenderer.Render(digest, hasChart: false).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Update_SuppressedActorDoesSomethingElse_Alerts()
    {
        await using AlertBench bench = new(azurite.Connection);
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
        await using AlertBench bench = new(azurite.Connection);
        AlertMessage message = await bench.IncidentAsync("backup@example.org", rule: "noisy");
        await SuppressAsync(bench, principal: "backup@example.org");

        await bench.SendAllAsync(message);

        Assert.Empty(bench.Server.Messages);
        Assert.Equal(JournalKind.Suppressed, Assert.Single(await bench.JournalAsync()).Kind);
    }

    private static Task SuppressAsync(AlertBench bench, string principal) =>
        bench.Services.GetRequiredService<SuppressionTable>().WriteAsync(
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

    private static Task<IncidentRun> UpdateAsync(AlertBench bench, params AlertMessage[] incidents) =>
        bench.Services.GetRequiredService<IncidentUpdater>()
            .RunAsync([.. incidents.Select(static one => new ActorDay(one.Cluster, one.Actor, one.Day))], Cancellation);

    private static Task<DigestContent> DigestAsync(AlertBench bench) => bench.Services.GetRequiredService<DigestReader>()
        .ReadAsync(bench.Clock.GetUtcNow().AddHours(-24), bench.Clock.GetUtcNow().AddMinutes(1), Cancellation);
}
