using System.IO.Compression;
using System.Text;
using Crowsnest.Azure;
using Crowsnest.Azure.Feeds;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.LocalHost.Tests.Alerts;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.Feeds;

/// <summary>
/// What is told of feeds besides their rhythm: unreadable ones, clusters that no one has announced, messages that are too large.
/// From the message to the mail, on real storage and in virtual time, each turn by an instance of its own.
/// </summary>
public sealed class FeedIncidentTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string Credential = "correcthorsebattery";

    private static long _sequence = 195_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_FeedCannotBeRead_IsOneMailWithinFiveMinutesAndIsClosed()
    {
        string resource = ResourceOf("unreadable");
        string cluster = ClusterName.FromResourceId(resource);
        string handful = ResourceOf("handful");
        await using AlertBench bench = new(azurite.Connection, ("Crowsnest:AnnouncedClusters", $"{resource},{handful}"));
        await MinutesAsync(bench, 20, resource, unreadable: 0);
        Assert.Empty(MailsOf(bench, cluster));

        // From here on seven of ten. Of another feed every record is unreadable, and they are few.
        await DeliverAsync(bench, handful, 0, 40);
        await MinutesAsync(bench, 5, resource, unreadable: 70);

        MimeMessage mail = Assert.Single(MailsOf(bench, cluster));
        Assert.Equal($"[High] {cluster}: Audit feed can't be read", mail.Subject);
        Assert.Contains("can't be read; for example", mail.TextBody, StringComparison.Ordinal);
        Assert.Contains("E1102 dial postgres", mail.TextBody, StringComparison.Ordinal);
        Assert.DoesNotContain(Credential, mail.ToString(), StringComparison.Ordinal);

        // It lasts, stops for half an hour and comes back: nobody is told again.
        await MinutesAsync(bench, 30, resource, unreadable: 70);
        await MinutesAsync(bench, 30, resource, unreadable: 0);
        await MinutesAsync(bench, 10, resource, unreadable: 70);
        Assert.DoesNotContain("has been read since", Assert.Single((await LastAsync(bench, cluster)).Detections).What, StringComparison.Ordinal);

        await MinutesAsync(bench, 70, resource, unreadable: 0);

        Assert.Single(MailsOf(bench, cluster));
        Assert.EndsWith(
            "the feed has been read since", Assert.Single((await LastAsync(bench, cluster)).Detections).What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_ClusterThatNoOneAnnounced_IsOneMailAndNeverAgain()
    {
        // Storage of its own: what other tests left behind were clusters of other days.
        await using AzuriteFixture empty = new();
        await empty.InitializeAsync();
        await using AlertBench bench = new(empty.Connection);
        string first = ResourceOf("first");
        string late = ResourceOf("late");
        await MinutesAsync(bench, 10, first, unreadable: 0);
        bench.Clock.Advance(TimeSpan.FromHours(20));
        await MinutesAsync(bench, 10, ResourceOf("second"), unreadable: 0);
        Assert.Empty(News(bench));
        bench.Clock.Advance(TimeSpan.FromHours(5));

        await MinutesAsync(bench, 10, late, unreadable: 0, first);

        MimeMessage mail = Assert.Single(News(bench));
        Assert.Equal($"[Medium] {ClusterName.FromResourceId(late)}: New cluster sends into the feed", mail.Subject);

        // The same cluster later, and after days of which nothing is left in memory.
        bench.Clock.Advance(TimeSpan.FromDays(3));
        await MinutesAsync(bench, 15, late, unreadable: 0, first);

        Assert.Single(News(bench));
    }

    [Fact]
    public async Task Ingest_BombsInOneBatch_AreCountedAndTold()
    {
        await using AlertBench bench = new(azurite.Connection, ("Crowsnest:DefaultCluster", $"bombed-{Guid.NewGuid():N}"));
        string cluster = bench.Services.GetRequiredService<IOptions<CrowsnestOptions>>()
            .Value.DefaultCluster;
        byte[] bomb = Packed(new string(' ', 66_000_000) + new EventJson { AuditId = "bomb", Verb = "get" });
        HubMessage[] messages =
        [
            .. Enumerable.Range(0, 12).Select(_ => new HubMessage(bomb, Interlocked.Increment(ref _sequence), bench.Clock.GetUtcNow())),
            new HubMessage(
                Packed(new EventJson { AuditId = "honest", Verb = "get" }.ToString()), Interlocked.Increment(ref _sequence), bench.Clock.GetUtcNow()),
        ];

        IntakeCounts counts = await bench.Services.GetRequiredService<IAuditIngestor>().IngestAsync(messages, "0", Cancellation);
        await TurnAsync(bench);

        // Eight fit in what a delivery may unpack to; of the others nothing but white space was read.
        Assert.Equal((13, 4), (counts.Total, counts.Quarantined));
        Assert.Equal(
            new IntakeCounts(2, 0, 7, 0, 4),
            await bench.Services.GetRequiredService<FeedTable>().ReadAsync(
                cluster, DateOnly.FromDateTime(bench.Clock.GetUtcNow().UtcDateTime), Cancellation));
        MimeMessage mail = Assert.Single(MailsOf(bench, cluster));
        Assert.Equal($"[High] {cluster}: Message holds more than is read", mail.Subject);
    }

    // Other tests leave their clusters behind.
    private static List<MimeMessage> MailsOf(AlertBench bench, string cluster) =>
        [.. bench.Mails.Where(mail => mail.Subject?.Contains(cluster, StringComparison.Ordinal) == true)];

    // Besides that some feeds fell silent.
    private static List<MimeMessage> News(AlertBench bench) =>
        [.. bench.Mails.Where(static mail => mail.Subject?.Contains("New cluster", StringComparison.Ordinal) == true)];

    // A hundred records a minute, and the watch as often as its timer: each time as after a restart.
    private static async Task MinutesAsync(AlertBench bench, int minutes, string resource, int unreadable, params string[] others)
    {
        for (int i = 1; i <= minutes; i++)
        {
            bench.Clock.Advance(TimeSpan.FromMinutes(1));
            await DeliverAsync(bench, resource, 100 - unreadable, unreadable);
            foreach (string other in others)
            {
                await DeliverAsync(bench, other, 5, 0);
            }

            if (i % 5 == 0)
            {
                bench.Clock.Advance(TimeSpan.FromSeconds(1));
                ServiceProvider restarted = bench.Instance();
                await restarted.GetRequiredService<FeedWatcher>().RunAsync(Cancellation);
                await TurnAsync(bench);
            }
        }
    }

    private static async Task TurnAsync(AlertBench bench)
    {
        await bench.CorrelateAsync();
        await bench.Queue.DrainAsync(bench.SendAsync);
    }

    private static async Task<Incident> LastAsync(AlertBench bench, string cluster)
    {
        List<Incident> incidents = [];
        for (int day = -1; day <= 0; day++)
        {
            incidents.AddRange(await bench.Services.GetRequiredService<IncidentTable>().ReadAsync(
                cluster, DateOnly.FromDateTime(bench.Clock.GetUtcNow().UtcDateTime).AddDays(day), Cancellation));
        }

        return Assert.Single(incidents.DistinctBy(static one => one.Id), static one => one.Title.Contains("can't be read", StringComparison.Ordinal));
    }

    private static async Task DeliverAsync(AlertBench bench, string resource, int audit, int unreadable)
    {
        DateTimeOffset now = bench.Clock.GetUtcNow();
        IEnumerable<string> records = Enumerable.Range(0, audit)
            .Select(i => new EventJson { AuditId = $"{resource}-{now:O}-{i}", Verb = "get", Code = 200, Time = now }.ToAksRecord())
            .Concat(Enumerable.Range(0, unreadable).Select(static _ => EventJson.AksRecord($"E1102 dial postgres://joe:{Credential}@db:5432")))
            .Select(record => record.Replace(
                "/SUBSCRIPTIONS/0/RESOURCEGROUPS/RG/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD",
                resource,
                StringComparison.Ordinal));
        byte[] body = Encoding.UTF8.GetBytes($$"""{"records":[{{string.Join(',', records)}}]}""");
        await bench.Services.GetRequiredService<IAuditIngestor>().IngestAsync(
            [new HubMessage(body, Interlocked.Increment(ref _sequence), now)], "0", Cancellation);
    }

    private static string ResourceOf(string cluster) =>
        $"/SUBSCRIPTIONS/X/RESOURCEGROUPS/Y/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/{cluster}-{Guid.NewGuid():N}";

    private static byte[] Packed(string text)
    {
        using MemoryStream stream = new();
        using (GZipStream zip = new(stream, CompressionLevel.Optimal))
        {
            zip.Write(Encoding.UTF8.GetBytes(text));
        }

        return stream.ToArray();
    }
}
