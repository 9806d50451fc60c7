using System.Text;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Crowsnest.Azure.Feeds;
using Crowsnest.Azure.Storage;
using Crowsnest.Azure.Webhook;
using Crowsnest.Core.Incidents;
using Crowsnest.LocalHost.Tests.Alerts;
using Crowsnest.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Crowsnest.LocalHost.Tests.Feeds;

/// <summary>What was posted to the webhook and answered is not lost, and not judged twice; what was refused is told.</summary>
public sealed class WebhookBodiesTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Store_SentAgain_IsOneBodyOfTheFirstArrival()
    {
        await using AlertBench bench = new(azurite.Connection);
        WebhookBodies bodies = bench.Services.GetRequiredService<WebhookBodies>();
        byte[] content = Encoding.UTF8.GetBytes($"body of {bench.Cluster}");
        DateTimeOffset arrival = bench.Clock.GetUtcNow();

        await bodies.StoreAsync(bench.Cluster, content, Cancellation);
        bench.Clock.Advance(TimeSpan.FromHours(2));
        await bodies.StoreAsync(bench.Cluster, content, Cancellation);
        string name = (await MessagesAsync(bench)).First(message => message.StartsWith(bench.Cluster, StringComparison.Ordinal));
        WebhookBody body = (await bodies.ReadAsync(name, Cancellation))!;

        Assert.Equal((bench.Cluster, arrival), (body.Cluster, body.Arrival));
        Assert.Equal(WebhookJudge.MessageOf(body).SequenceNumber, WebhookJudge.MessageOf(body with { Name = "another" }).SequenceNumber);
        await bodies.JudgedAsync(body, Cancellation);
        Assert.Null(await bodies.ReadAsync(name, Cancellation));
        await bodies.StoreAsync(bench.Cluster, content, Cancellation);
        Assert.Null(await bodies.ReadAsync(name, Cancellation));
    }

    [Fact]
    public async Task Watch_MessageIsLost_IsAskedForAnew()
    {
        await using AlertBench bench = new(azurite.Connection);
        WebhookBodies bodies = bench.Services.GetRequiredService<WebhookBodies>();
        await bodies.StoreAsync(bench.Cluster, Encoding.UTF8.GetBytes("lost"), Cancellation);
        await MessagesAsync(bench);
        Assert.DoesNotContain(await MessagesAsync(bench), message => message.StartsWith(bench.Cluster, StringComparison.Ordinal));

        bench.Clock.Advance(TimeSpan.FromMinutes(31));
        await bench.Services.GetRequiredService<FeedWatcher>().RunAsync(Cancellation);

        string name = Assert.Single(await MessagesAsync(bench), message => message.StartsWith(bench.Cluster, StringComparison.Ordinal));
        WebhookBody body = (await bodies.ReadAsync(name, Cancellation))!;
        await bodies.JudgedAsync(body, Cancellation);

        // What was judged is remembered for a day.
        bench.Clock.Advance(TimeSpan.FromDays(2));
        await bodies.SweepAsync(Cancellation);
        Assert.False(await bench.Storage.Blobs.GetBlobContainerClient(StorageNames.WebhookContainer).GetBlobClient(name).ExistsAsync(Cancellation));
    }

    [Fact]
    public async Task Tell_BodiesWereRefused_IsAnIncidentOnceAnHour()
    {
        await using AlertBench bench = new(azurite.Connection);
        RefusedBodies refused = bench.Services.GetRequiredService<RefusedBodies>();
        for (int i = 0; i < 7; i++)
        {
            refused.Count(bench.Cluster);
        }

        await refused.TellAsync(Cancellation);
        refused.Count(bench.Cluster);
        await refused.TellAsync(Cancellation);
        await bench.CorrelateAsync();

        Incident incident = Assert.Single(await bench.Services.GetRequiredService<IncidentTable>().ReadAsync(
            bench.Cluster, DateOnly.FromDateTime(bench.Clock.GetUtcNow().UtcDateTime), Cancellation));
        Assert.Contains("refused", incident.Title, StringComparison.Ordinal);
        Assert.StartsWith("7 or more bodies", incident.Lead.What, StringComparison.Ordinal);
        Assert.Contains(bench.Queue.All, message => message.Incident == incident.Id);
    }

    private static async Task<List<string>> MessagesAsync(AlertBench bench)
    {
        QueueClient queue = bench.Storage.Queues.GetQueueClient(StorageNames.WebhookQueue);
        List<string> texts = [];
        while ((await queue.ReceiveMessagesAsync(32, cancellationToken: Cancellation)).Value is { Length: > 0 } some)
        {
            foreach (QueueMessage message in some)
            {
                texts.Add(message.Body.ToString());
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, Cancellation);
            }
        }

        return texts;
    }
}
