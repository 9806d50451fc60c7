using System.Collections.Concurrent;
using System.Text;
using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Feeds;
using Crowsnest.Azure.Ingestion;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;
using Crowsnest.LocalHost.Tests.Alerts;
using Crowsnest.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MimeKit;

namespace Crowsnest.LocalHost.Tests.Feeds;

/// <summary>The watch over the feeds, on real storage and in virtual time.</summary>
public sealed class FeedWatcherTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static long _sequence = 95_000;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Watch_FeedFallsSilent_BecomesAnIncidentOfItsOwnAndAnAlert()
    {
        await using AlertBench bench = new(azurite.Connection);
        string resource = ResourceOf("silent");
        string cluster = ClusterName.FromResourceId(resource);
        DateTimeOffset now = bench.Clock.GetUtcNow();
        for (DateTimeOffset at = now.AddHours(-8); at < now.AddMinutes(-40); at = at.AddMinutes(10))
        {
            EventJson json = new() { AuditId = $"{cluster}-{at:O}", Verb = "get", Code = 200, Time = at.AddSeconds(-30) };
            await DeliverAsync(bench, resource, json, at);
        }

        // The first run after a pause only looks: the app may have been away itself.
        FeedWatcher watcher = bench.Services.GetRequiredService<FeedWatcher>();
        await bench.Services.GetRequiredService<FeedHourTable>().TurnAsync(now.AddHours(-1), Cancellation);
        Assert.Null(await watcher.RunAsync(Cancellation));
        bench.Clock.Advance(TimeSpan.FromMinutes(5));
        string? said = await watcher.RunAsync(Cancellation);

        Assert.Contains($"{cluster}: no audit records since", said, StringComparison.Ordinal);
        await WatchedAsync(bench, cluster, "Audit feed fell silent");
    }

    [Fact]
    public async Task Watch_RowsOfBatches_GoAfterEightDaysAndNoOthers()
    {
        await using AlertBench bench = new(azurite.Connection);
        string resource = ResourceOf("old");
        string cluster = ClusterName.FromResourceId(resource);
        DateTimeOffset now = bench.Clock.GetUtcNow();
        DateTimeOffset[] arrivals = [now.AddDays(-30), now.AddDays(-9), now.AddDays(-8), now.AddDays(-1)];
        foreach (DateTimeOffset at in arrivals.SelectMany(static day => Enumerable.Range(0, 60).Select(i => day.AddSeconds(i))))
        {
            await DeliverAsync(bench, resource, new EventJson { AuditId = $"{cluster}-{at:O}", Verb = "get", Code = 200, Time = at }, at);
        }

        await bench.Services.GetRequiredService<FeedHourTable>().TurnAsync(now, Cancellation);
        await bench.Services.GetRequiredService<FeedWatcher>().RunAsync(Cancellation);

        FeedTable feeds = bench.Services.GetRequiredService<FeedTable>();
        List<int> left = [];
        foreach (DateTimeOffset day in arrivals)
        {
            left.Add((await feeds.ReadAsync(cluster, DateOnly.FromDateTime(day.UtcDateTime), Cancellation)).Total);
        }

        Assert.Equal([0, 0, 60, 60], left);
        Assert.Contains(cluster, await feeds.ClustersAsync(Cancellation));
        Assert.NotEmpty(await bench.Services.GetRequiredService<FeedHourTable>().ReadAsync(cluster, now.AddDays(-3), Cancellation));
    }

    [Fact]
    public async Task Watch_CanaryComesBack_IsWell_AndWhenItDoesNot_IsAnIncident()
    {
        ConcurrentQueue<string> agents = [];
        await using WebApplication server = await ApiServerAsync(agents);
        string resource = ResourceOf("canary");
        string cluster = ClusterName.FromResourceId(resource);
        await using AlertBench bench = new(
            azurite.Connection,
            ("Crowsnest:Canaries:0:Cluster", cluster),
            ("Crowsnest:Canaries:0:Url", server.Urls.First()),
            ("Crowsnest:Canaries:0:Token", "a token"));
        FeedWatcher watcher = bench.Services.GetRequiredService<FeedWatcher>();
        await bench.Services.GetRequiredService<FeedHourTable>().TurnAsync(bench.Clock.GetUtcNow(), Cancellation);

        for (int i = 0; i < 6; i++)
        {
            bench.Clock.Advance(TimeSpan.FromMinutes(5));
            Assert.DoesNotContain(cluster, await watcher.RunAsync(Cancellation) ?? "", StringComparison.Ordinal);
            EventJson review = new()
            {
                AuditId = $"{cluster}-{i}",
                UserAgent = agents.Last(),
                Verb = "create",
                Resource = "selfsubjectreviews",
                Code = 201,
                Time = bench.Clock.GetUtcNow(),
            };
            await DeliverAsync(bench, resource, review, bench.Clock.GetUtcNow());
        }

        Assert.Equal(6, agents.Distinct().Count());
        Assert.All(
            await bench.Services.GetRequiredService<CanaryTable>().ReadAsync(cluster, Cancellation),
            static canary => Assert.NotNull(canary.Seen));

        // One that nobody sent does not count for one that was.
        string? said = null;
        for (int i = 0; i < 6; i++)
        {
            bench.Clock.Advance(TimeSpan.FromMinutes(5));
            said = await watcher.RunAsync(Cancellation);
            EventJson forged = new()
            {
                AuditId = $"{cluster}-forged-{i}",
                UserAgent = $"crowsnest-canary/{Guid.NewGuid():N}",
                Code = 201,
                Time = bench.Clock.GetUtcNow(),
            };
            await DeliverAsync(bench, resource, forged, bench.Clock.GetUtcNow());
        }

        Assert.Contains($"{cluster}: the request sent at", said, StringComparison.Ordinal);
        await WatchedAsync(bench, cluster, "Canary request did not come back");

        // However long it lasts, it is one fault.
        for (int i = 0; i < 130; i++)
        {
            bench.Clock.Advance(TimeSpan.FromMinutes(14));
            Assert.Contains(said!, await watcher.RunAsync(Cancellation), StringComparison.Ordinal);
        }

        Assert.InRange((await bench.Services.GetRequiredService<CanaryTable>().ReadAsync(cluster, Cancellation)).Count, 1, 120);
    }

    [Fact]
    public async Task Watch_PoisonedAlert_IsTriedAgainAndNonsenseIsRecorded()
    {
        await using AlertBench bench = new(azurite.Connection);
        AlertMessage alert = await bench.IncidentAsync();
        var poison = bench.Storage.Queues.GetQueueClient(StorageNames.PoisonQueue);
        await poison.CreateIfNotExistsAsync(cancellationToken: Cancellation);
        await poison.SendMessageAsync(alert.ToJson(), Cancellation);
        await poison.SendMessageAsync("no alert at all", Cancellation);

        await bench.Services.GetRequiredService<FeedWatcher>().RunAsync(Cancellation);

        Assert.Contains(alert with { Attempt = 1 }, bench.Queue.All);
        Assert.Contains(
            await bench.Services.GetRequiredService<AlertJournal>().ReadAsync(
                bench.Clock.GetUtcNow().AddMinutes(-1), bench.Clock.GetUtcNow().AddMinutes(1), Cancellation),
            static entry => entry.Kind == JournalKind.Unreadable && entry.Detail == "no alert at all");
        Assert.Equal(0, (await poison.GetPropertiesAsync(Cancellation)).Value.ApproximateMessagesCount);
    }

    // From the detection on everything goes the usual way.
    private static async Task WatchedAsync(AlertBench bench, string cluster, string title)
    {
        ChangeTable changes = new(bench.Storage, bench.Clock);
        ActorDay[] days =
        [
            .. (await changes.ReadAsync(cluster, Cancellation)).Due.Select(static mark => mark.ActorDay).OfType<ActorDay>(),
        ];
        await bench.Services.GetRequiredService<IncidentUpdater>().RunAsync(days, Cancellation);
        await bench.Queue.DrainAsync(bench.SendAsync);

        string subject = $"[High] {cluster}: {title}";
        Assert.Contains(bench.Server.Messages, mail => MimeMessage.Load(new MemoryStream(Encoding.UTF8.GetBytes(mail))).Subject == subject);
    }

    private static string ResourceOf(string cluster) =>
        $"/SUBSCRIPTIONS/X/RESOURCEGROUPS/Y/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/{cluster}-{Guid.NewGuid():N}";

    private static async Task DeliverAsync(AlertBench bench, string resource, EventJson json, DateTimeOffset arrival)
    {
        string record = json.ToAksRecord()
            .Replace("\"resourceId\":\"", $"\"resourceId\":\"{resource}\",\"was\":\"", StringComparison.Ordinal);
        byte[] body = Encoding.UTF8.GetBytes($$"""{"records":[{{record}}]}""");
        await bench.Services.GetRequiredService<IAuditIngestor>().IngestAsync(
            [new HubMessage(body, Interlocked.Increment(ref _sequence), arrival)], "0", Cancellation);
    }

    private static async Task<WebApplication> ApiServerAsync(ConcurrentQueue<string> agents)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication server = builder.Build();
        server.MapPost("/apis/authentication.k8s.io/v1/selfsubjectreviews", (Microsoft.AspNetCore.Http.HttpContext context) =>
        {
            Assert.Equal("Bearer a token", context.Request.Headers.Authorization);
            agents.Enqueue(context.Request.Headers.UserAgent.ToString());
            return "{}";
        });
        await server.StartAsync(Cancellation);
        return server;
    }
}
