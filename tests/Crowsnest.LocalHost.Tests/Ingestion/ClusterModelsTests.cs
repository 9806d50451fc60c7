using System.Text;
using Crowsnest.Azure.Content;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Azure.Training;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Scoring;
using Crowsnest.LocalHost.Tests.Alerts;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.LocalHost.Tests.Ingestion;

/// <summary>Clusters of one deployment are judged each by its own days, and one without any by what travels.</summary>
[Trait("Category", "Slow")]
public sealed class ClusterModelsTests : IAsyncLifetime
{
    private const string Robot = "system:serviceaccount:ops:robot";
    private const int Days = 6;

    // Of its own: other tests would train on its archive.
    private readonly AzuriteFixture _azurite = new();
    private long _sequence;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => _azurite.InitializeAsync();

    public ValueTask DisposeAsync() => _azurite.DisposeAsync();

    [Fact]
    public async Task Train_TwoClustersWithTheSameNamesAndOppositeHabits_DoNotInfluenceEachOther()
    {
        await using AlertBench bench = new(_azurite.Connection);
        DateTimeOffset start = new(bench.Clock.GetUtcNow().UtcDateTime.Date.AddDays(-Days), TimeSpan.Zero);
        foreach (string cluster in new[] { "one", "two" })
        {
            await IngestAsync(
                bench, cluster, Enumerable.Range(0, Days * 24).SelectMany(hour => Hour(start.AddHours(hour), cluster == "one")));
        }

        string outcome = await bench.Services.GetRequiredService<ModelTrainingJob>().RunAsync(Cancellation);
        bench.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(3, outcome.Split(": published").Length - 1);
        DateTimeOffset next = bench.Clock.GetUtcNow();
        foreach (string cluster in new[] { "one", "two", "three" })
        {
            await IngestAsync(bench, cluster, [Reads(next, $"{cluster}-reads"), Writes(next.AddSeconds(1), $"{cluster}-writes")]);
        }

        Assert.Equal(["one-writes"], await OddAsync(bench, "one"));
        Assert.Equal(["two-reads"], await OddAsync(bench, "two"));
        Assert.Empty(await OddAsync(bench, "three"));

        CurrentModel models = bench.Services.GetRequiredService<CurrentModel>();
        AnomalyModel?[] used = await Task.WhenAll(
            new[] { "one", "two", "three" }.Select(name => models.GetAsync(NameOf(name), Cancellation)));
        Assert.Equal([false, false, true], used.Select(static model => model!.IsPrior));
        Assert.Equal(3, used.Select(static model => model!.Version).Distinct().Count());
    }

    private static IEnumerable<string> Hour(DateTimeOffset time, bool reads)
    {
        yield return reads ? Reads(time, $"r{time:O}") : Writes(time, $"w{time:O}");
        for (int user = 0; user < 6; user++)
        {
            yield return new EventJson
            {
                AuditId = $"u{user}-{time:O}",
                User = $"user{user}@example.org",
                Verb = "list",
                Namespace = "shop",
                Name = "",
                Code = 200,
                SourceIPs = [$"198.51.{user}.7"],
                Time = time.AddMinutes(user + 1),
            }.ToAksRecord();
        }
    }

    private static string Reads(DateTimeOffset time, string id) =>
        (By(time, id) with { Verb = "list", Resource = "secrets", Namespace = "pay", Name = "" }).ToAksRecord();

    private static string Writes(DateTimeOffset time, string id) =>
        (By(time, id) with { Verb = "delete", Resource = "deployments", Namespace = "web", Name = "site" }).ToAksRecord();

    private static EventJson By(DateTimeOffset time, string id) => new() { AuditId = id, User = Robot, Code = 200, Time = time };

    private async Task IngestAsync(AlertBench bench, string cluster, IEnumerable<string> records)
    {
        IAuditIngestor ingestor = bench.Services.GetRequiredService<IAuditIngestor>();
        foreach (string[] some in records.Chunk(500))
        {
            HubMessage[] messages =
            [
                .. some.Select(record => new HubMessage(
                    Encoding.UTF8.GetBytes(In(cluster, record)), ++_sequence, bench.Clock.GetUtcNow())),
            ];
            await ingestor.IngestAsync(messages, "0", Cancellation);
        }
    }

    private static string In(string cluster, string record) =>
        record.Replace("MANAGEDCLUSTERS/PROD", $"MANAGEDCLUSTERS/{cluster.ToUpperInvariant()}", StringComparison.Ordinal);

    // As the intake names it.
    private static string NameOf(string cluster)
    {
        using IntakeBatch batch = new();
        new MessageReader(new AuditEventParser(), "").Read(
            new HubMessage(Encoding.UTF8.GetBytes(In(cluster, new EventJson().ToAksRecord())), 0, DateTimeOffset.UnixEpoch), batch);
        return batch.Records[0].Event!.Cluster;
    }

    private static async Task<IEnumerable<string>> OddAsync(AlertBench bench, string cluster)
    {
        DateOnly day = DateOnly.FromDateTime(bench.Clock.GetUtcNow().UtcDateTime);
        IEnumerable<Detection> found = await bench.Services.GetRequiredService<DetectionTable>()
            .ReadAsync(NameOf(cluster), day, Cancellation);
        return found.Where(static one => one.Source == DetectionSource.Model).SelectMany(static one => one.AuditIds)
            .Where(id => id.StartsWith(cluster, StringComparison.Ordinal));
    }
}
