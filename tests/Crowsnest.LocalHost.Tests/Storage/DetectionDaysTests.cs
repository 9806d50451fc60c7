using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.LocalHost.Tests.Alerts;
using Crowsnest.LocalHost.Tests.EndToEnd;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.LocalHost.Tests.Storage;

/// <summary>What is read with a whole day or month is what a query of its own finds.</summary>
public sealed class DetectionDaysTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly DateTimeOffset Arrival = new(2026, 11, 3, 9, 30, 0, TimeSpan.Zero);

    private static readonly DateOnly Recorded = new(2024, 5, 16);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Read_TheRecordedAttack_AsOneByOne()
    {
        await using AlertBench bench = new(azurite.Connection);
        List<HubMessage> messages = [];
        foreach (ReadOnlyMemory<byte> message in await Steps.RecordedAttackAsync("WHOLE-DAYS"))
        {
            messages.Add(new HubMessage(message, messages.Count + 1, Arrival));
        }

        await bench.Services.GetRequiredService<IAuditIngestor>().IngestAsync(messages, "0", Cancellation);
        DetectionTable table = bench.Services.GetRequiredService<DetectionTable>();
        string cluster = await ClusterAsync(bench);
        List<Detection> found = await table.ReadAsync(cluster, Recorded, Cancellation);

        ActorDay[] days = [.. found.Where(static one => !one.IsWriteBack && IncidentBuilder.MakesIncidents(one)).Select(ActorDay.Of).Distinct()];
        Assert.True(days.Length > 10, $"{days.Length} days of actors");
        DetectionDays whole = Days(bench);
        whole.Expect([.. days, .. days]);
        foreach (ActorDay day in days)
        {
            ActorFindings expected = await table.ReadAsync(day, Cancellation);
            Assert.Equal(Ids(expected.Detections), Ids((await whole.ReadAsync(day, Cancellation)).Detections));

            Incident incident = IncidentBuilder.Group(expected.Detections)[0];
            Assert.Equal(
                AuditIds(await Days(bench).WithWriteBacksAsync(incident, Cancellation)),
                AuditIds(await whole.WithWriteBacksAsync(incident, Cancellation)));
        }

        await LinksAreTheSameAsync(bench, whole, found);
    }

    private static async Task LinksAreTheSameAsync(AlertBench bench, DetectionDays whole, List<Detection> found)
    {
        DateTimeOffset from = found.Min(static one => one.Time) - TimeSpan.FromHours(1);
        DateTimeOffset middle = found.Select(static one => one.Time).Order().ElementAt(found.Count / 2);
        int links = 0;
        foreach (string entity in found.SelectMany(static one => one.Opens.Concat(one.Uses)).Distinct())
        {
            string cluster = found[0].Cluster;
            IReadOnlyCollection<ActorDay> openers = await Days(bench).OpenersAsync(cluster, entity, from, middle, Cancellation);
            IReadOnlyCollection<ActorDay> users = await Days(bench).UsersAsync(cluster, entity, from, middle, Cancellation);
            links += openers.Count + users.Count;

            // Asked twice: the first time by itself, then with all others.
            for (int i = 0; i < 2; i++)
            {
                Assert.Equivalent(openers, await whole.OpenersAsync(cluster, entity, from, middle, Cancellation), strict: true);
                Assert.Equivalent(users, await whole.UsersAsync(cluster, entity, from, middle, Cancellation), strict: true);
            }
        }

        Assert.NotEqual(0, links);
    }

    private static DetectionDays Days(AlertBench bench) => new(
        bench.Services.GetRequiredService<DetectionTable>(), bench.Services.GetRequiredService<DetectionLinks>());

    private static async Task<string> ClusterAsync(AlertBench bench) => Assert.Single(
        await bench.Services.GetRequiredService<FeedTable>().ClustersAsync(Cancellation),
        static one => one.StartsWith("whole-days-", StringComparison.Ordinal));

    private static string[] Ids(IEnumerable<Detection> found) => [.. found.Select(static one => one.Id)];

    private static string[] AuditIds(Incident incident) => [.. incident.Detections.SelectMany(static one => one.AuditIds)];
}
