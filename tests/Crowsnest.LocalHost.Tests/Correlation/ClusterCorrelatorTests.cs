using Azure.Data.Tables;
using Crowsnest.Azure;
using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.LocalHost.Tests.Alerts;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.Correlation;

/// <summary>No cluster waits for another, no actor for one that can't be dealt with, and nothing that is marked is left.</summary>
public sealed class ClusterCorrelatorTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Run_OneActorCanNotBeRead_TheOthersAreToldAndSoIsThis()
    {
        await using AlertBench bench = new(azurite.Connection);
        AlertMessage broken = await MarkedAsync(bench, "broken@example.org", Severity.Critical);
        AlertMessage[] others = [await MarkedAsync(bench, "jane@example.org"), await MarkedAsync(bench, "joe@example.org")];
        await BreakAsync(bench, broken);

        await bench.CorrelateAsync();

        Assert.Superset(
            others.Select(static one => one.Incident).ToHashSet(), bench.Queue.All.Select(static one => one.Incident).ToHashSet());
        await bench.Queue.DrainAsync(bench.SendAsync);
        Assert.Single(bench.Mails, static mail => mail.Subject!.Contains("could not be put together", StringComparison.Ordinal)
            && mail.TextBody!.Contains("broken@example.org", StringComparison.Ordinal));

        // It rests, so that it costs nothing, and is not told again when it is tried again.
        ChangeTable changes = bench.Services.GetRequiredService<ChangeTable>();
        ClusterMarks rest = await changes.ReadAsync(bench.Cluster, Cancellation);
        Assert.Empty(rest.Due);
        Assert.Equal(bench.Clock.GetUtcNow() + TimeSpan.FromHours(1), rest.Next);
        int alerts = bench.Queue.All.Count;
        bench.Clock.Advance(TimeSpan.FromHours(1));
        await bench.CorrelateAsync();
        Assert.Equal(alerts, bench.Queue.All.Count);
    }

    [Fact]
    public async Task Run_MoreThanAPart_IsDoneToTheEnd()
    {
        await using AlertBench bench = new(azurite.Connection);
        for (int i = 0; i < 450; i++)
        {
            await MarkedAsync(bench, $"user-{i}@example.org", i == 449 ? Severity.Critical : Severity.High);
        }

        string? outcome = await bench.Services.GetRequiredService<ClusterCorrelator>().RunAsync(bench.Cluster, Cancellation);

        Assert.StartsWith("450 incidents updated", outcome, StringComparison.Ordinal);
        Assert.Equal("user-449@example.org", bench.Queue.All[0].Actor);
        ChangeTable changes = bench.Services.GetRequiredService<ChangeTable>();
        Assert.Empty((await changes.ReadAsync(bench.Cluster, Cancellation)).Due);
        Assert.DoesNotContain(
            await changes.ClustersAsync(DateTimeOffset.MaxValue, Cancellation), one => one.Cluster == bench.Cluster);
    }

    [Fact]
    public async Task Run_ManyInstancesAtOnce_EachIncidentIsAskedForOnce()
    {
        await using AlertBench bench = new(azurite.Connection);
        for (int i = 0; i < 20; i++)
        {
            await MarkedAsync(bench, $"user-{i}@example.org", Severity.Critical);
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ =>
            bench.Instance().GetRequiredService<ClusterCorrelator>().RunAsync(bench.Cluster, Cancellation)));

        Assert.Equal(20, bench.Queue.All.Count);
        Assert.Equal(20, bench.Queue.All.Select(static one => one.Incident).Distinct().Count());
    }

    [Fact]
    public async Task Run_MarkedInTheMiddle_IsLookedAtBeforeTheEndOrListed()
    {
        await using AlertBench bench = new(azurite.Connection);
        ClusterCorrelator correlator = bench.Services.GetRequiredService<ClusterCorrelator>();
        await MarkedAsync(bench, "first@example.org");
        Task<string?> running = correlator.RunAsync(bench.Cluster, Cancellation);
        for (int i = 0; i < 30; i++)
        {
            await MarkedAsync(bench, $"late-{i}@example.org", Severity.Critical);
        }

        await running;
        await bench.CorrelateAsync();

        Assert.Equal(31, bench.Queue.All.Select(static one => one.Incident).Distinct().Count());
    }

    [Fact]
    public async Task Ask_ClustersWithMarks_AreAskedForOnceTheGravestFirst()
    {
        await using AlertBench bench = new(azurite.Connection);
        ChangeTable changes = bench.Services.GetRequiredService<ChangeTable>();
        string quiet = $"quiet-{bench.Cluster}";
        await changes.MarkAsync([(bench.Cluster, 1)], [], Cancellation);
        bench.Clock.Advance(TimeSpan.FromSeconds(1));
        ActorDay day = new(quiet, "mallory", new DateOnly(2026, 11, 2));
        await changes.MarkAsync([], [(day, Severity.Critical)], Cancellation);
        await changes.MarkAsync([], [(day, Severity.Low)], Cancellation);
        Asked asked = new();
        ActivityCorrelator timer = new(changes, new OldMarks(bench.Storage, changes, bench.Clock), asked, bench.Clock);

        await timer.RunAsync(Cancellation);
        await timer.RunAsync(Cancellation);
        Assert.Equal([quiet, bench.Cluster], asked.Of(bench));

        // Nobody has answered: the message may be lost.
        bench.Clock.Advance(TimeSpan.FromMinutes(6));
        await timer.RunAsync(Cancellation);
        Assert.Equal([quiet, bench.Cluster, quiet, bench.Cluster], asked.Of(bench));
    }

    [Fact]
    public async Task Ask_FloodOfGraveFindings_AsksEveryTenSeconds()
    {
        FakeTimeProvider clock = new();
        Asked asked = new();
        UrgentClusters urgent = new(asked, clock, Options.Create(new CrowsnestOptions()));
        Detection grave = Some.Detection("a", severity: Severity.High);
        await urgent.AskAsync([Some.Detection("b", severity: Severity.Medium)], Cancellation);
        Assert.Empty(asked.All);

        for (int second = 0; second < 30; second++)
        {
            await urgent.AskAsync([grave, grave], Cancellation);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        // At once, then when ten seconds are over.
        Assert.Equal([0, 9, 10, 10], asked.All.Select(static one => one.Delay.TotalSeconds));
    }

    // Event times are what somebody sent.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(525_600_000)]
    public async Task Run_BucketAtTheEndsOfTime_HoldsUpNothing(long bucket)
    {
        await using AlertBench bench = new(azurite.Connection);
        AlertMessage grave = await MarkedAsync(bench, "jane@example.org");
        ChangeTable changes = bench.Services.GetRequiredService<ChangeTable>();
        long last = ActivityTable.BucketOf(DateTimeOffset.MaxValue);
        await changes.MarkAsync([(bench.Cluster, Math.Min(bucket, last))], [], Cancellation);

        await bench.Services.GetRequiredService<ClusterCorrelator>().RunAsync(bench.Cluster, Cancellation);

        Assert.Equal(grave.Incident, Assert.Single(bench.Queue.All).Incident);
        Assert.Empty((await changes.ReadAsync(bench.Cluster, Cancellation)).Due);
    }

    private static async Task<AlertMessage> MarkedAsync(AlertBench bench, string principal, Severity severity = Severity.High)
    {
        AlertMessage message = await bench.IncidentAsync(principal, severity, principal);
        await bench.Services.GetRequiredService<ChangeTable>().MarkAsync(
            [], [(new ActorDay(bench.Cluster, message.Actor, message.Day), severity)], Cancellation);
        return message;
    }

    private static async Task BreakAsync(AlertBench bench, AlertMessage message)
    {
        TableClient table = bench.Storage.Tables.GetTableClient(StorageNames.DetectionsTable);
        await foreach (TableEntity row in table.QueryAsync<TableEntity>(cancellationToken: Cancellation))
        {
            if (row.GetString("Json") is { } json && json.Contains(bench.Cluster, StringComparison.Ordinal)
                && json.Contains(message.Actor, StringComparison.Ordinal))
            {
                row["Json"] = "{";
                await table.UpdateEntityAsync(row, row.ETag, TableUpdateMode.Replace, Cancellation);
            }
        }
    }

    private sealed class Asked : ICorrelationQueue
    {
        internal List<(string Cluster, TimeSpan Delay)> All { get; } = [];

        public Task AskAsync(string cluster, TimeSpan delay, CancellationToken cancellationToken)
        {
            All.Add((cluster, delay));
            return Task.CompletedTask;
        }

        internal IEnumerable<string> Of(AlertBench bench) =>
            All.Select(static one => one.Cluster).Where(cluster => cluster.EndsWith(bench.Cluster, StringComparison.Ordinal));
    }
}
