using Azure.Data.Tables;
using Crowsnest.Azure;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Intake;
using Crowsnest.LocalHost.Tests.Alerts;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Crowsnest.LocalHost.Tests.Feeds;

/// <summary>Tables stop growing: a day of rows goes for each that comes.</summary>
public sealed class TableRetentionTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const int Days = 120;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Category", "Slow")]
    public async Task Run_EveryDay_RowsLevelOff()
    {
        await using AlertBench bench = new(
            azurite.Connection, ("Crowsnest:FindingDays", "30"), ("Crowsnest:AlertDays", "30"), ("Crowsnest:DefaultCluster", "year"));
        IAuditIngestor ingestor = bench.Services.GetRequiredService<IAuditIngestor>();
        TableRetention retention = bench.Services.GetRequiredService<TableRetention>();
        List<Dictionary<string, int>> rows = [];
        for (int day = 1; day <= Days; day++)
        {
            string events = string.Join('\n', Enumerable.Range(0, 3).Select(i => new EventJson
            {
                AuditId = $"{day}-{i}",
                User = $"jane-{i}@example.org",
                Resource = "clusterrolebindings",
                ApiGroup = "rbac.authorization.k8s.io",
                Namespace = "",
                Name = $"b-{day}",
                Level = "RequestResponse",
                RequestObject = """
                    {"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"x"}]}
                    """,
                Time = bench.Clock.GetUtcNow(),
            }.ToString()));
            HubMessage message = new(System.Text.Encoding.UTF8.GetBytes(events), day, bench.Clock.GetUtcNow());
            await ingestor.IngestAsync([message], "0", Cancellation);
            await bench.CorrelateAsync();
            await bench.Queue.DrainAsync(bench.SendAsync, bench.Clock.GetUtcNow().AddHours(1));
            Assert.True(await retention.RunAsync(Cancellation));
            await bench.Services.GetRequiredService<FeedTable>().TrimAsync(
                "year", DateOnly.FromDateTime(bench.Clock.GetUtcNow().UtcDateTime).AddDays(-9), 10_000, Cancellation);
            rows.Add(await CountAsync(bench));
            bench.Clock.Advance(TimeSpan.FromDays(1) - (bench.Clock.GetUtcNow().TimeOfDay - new TimeSpan(9, 0, 0)));
        }

        // Both spans are longer than anything is kept.
        foreach (string table in rows[0].Keys)
        {
            int first = rows[^80..^40].Max(day => day[table]);
            Assert.InRange(rows[^40..].Max(day => day[table]), 1, first * 1.1);
            Assert.True(first > rows[0][table], $"{table} does not grow at all");
        }
    }

    [Fact]
    public async Task Run_EventsOfLongAgoWereReplayedNow_Stay()
    {
        await using AlertBench bench = new(azurite.Connection, ("Crowsnest:DefaultCluster", "replayed"));
        EventJson old = new()
        {
            Resource = "clusterrolebindings",
            ApiGroup = "rbac.authorization.k8s.io",
            Namespace = "",
            Level = "RequestResponse",
            RequestObject = """{"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"x"}]}""",
            Time = new DateTimeOffset(2024, 5, 16, 9, 30, 0, TimeSpan.Zero),
        };
        HubMessage message = new(System.Text.Encoding.UTF8.GetBytes(old.ToString()), 1, TimeProvider.System.GetUtcNow());
        await bench.Services.GetRequiredService<IAuditIngestor>().IngestAsync([message], "0", Cancellation);
        TableRetention retention = new(
            bench.Storage,
            bench.Services.GetRequiredService<FeedTable>(),
            TimeProvider.System,
            bench.Services.GetRequiredService<IOptions<CrowsnestOptions>>());

        Assert.True(await retention.RunAsync(Cancellation));

        DetectionTable detections = bench.Services.GetRequiredService<DetectionTable>();
        Assert.NotEmpty(await detections.ReadAsync("replayed", new DateOnly(2024, 5, 16), Cancellation));
    }

    private static async Task<Dictionary<string, int>> CountAsync(AlertBench bench)
    {
        Dictionary<string, int> counts = [];
        foreach (string table in new[] { "detections", "incidents", "activity", "alerts" })
        {
            int rows = 0;
            await foreach (TableEntity row in bench.Storage.Tables.GetTableClient(table)
                .QueryAsync<TableEntity>(select: ["RowKey"], cancellationToken: Cancellation))
            {
                // Those of a month or more differ by its length.
                rows += row.RowKey.StartsWith("links|", StringComparison.Ordinal) ? 0 : 1;
            }

            counts[table] = rows;
        }

        return counts;
    }
}
