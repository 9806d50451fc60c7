using System.Text.Json;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Hub;
using Crowsnest.LocalHost.Invocation;

namespace Crowsnest.LocalHost.Tests.Hub;

/// <summary>The semantics of the real Event Hubs trigger.</summary>
public sealed class EventHubDispatcherTests
{
    private static readonly FunctionFile Function = new(
        "Ingest",
        "eventHubTrigger",
        JsonSerializer.SerializeToElement(new { name = "events" }),
        new RetryPolicy(false, 2, TimeSpan.Zero, TimeSpan.Zero));

    [Fact]
    public async Task Run_Messages_ComeInBatchesInOrderOneAtATime()
    {
        await using FakeHandler handler = await FakeHandler.StartAsync();
        LocalEventHub hub = new(1, 500, TimeProvider.System);
        for (int i = 0; i < 10; i++)
        {
            await hub.SendAsync(new[] { (byte)('0' + i) }, TestContext.Current.CancellationToken);
        }

        EventHubDispatcher dispatcher = await DispatchAsync(handler, hub, batchSize: 4);

        Assert.Equal(3, handler.Bodies.Count);
        Assert.Equal(1, handler.MostAtOnce);
        Assert.Equal(
            "[\"MA==\",\"MQ==\",\"Mg==\",\"Mw==\"]",
            handler.Bodies[0].GetProperty("Data").GetProperty("events").GetString());
        Assert.Equal("[500,501,502,503]", handler.Bodies[0].GetProperty("Metadata").GetProperty("SequenceNumberArray").GetString());
        Assert.Equal(509, dispatcher.Checkpoints[0]);
    }

    [Fact]
    public async Task Run_FunctionFailsOnce_IsTriedAgainWithTheSameBatch()
    {
        await using FakeHandler handler = await FakeHandler.StartAsync();
        handler.Answer = static call => call == 1 ? (500, "application/json", "{}") : (200, "application/json", "{}");
        LocalEventHub hub = new(1, 0, TimeProvider.System);
        await hub.SendAsync("a"u8.ToArray(), TestContext.Current.CancellationToken);

        EventHubDispatcher dispatcher = await DispatchAsync(handler, hub, batchSize: 4);

        Assert.Equal(2, handler.Bodies.Count);
        Assert.Equal(
            handler.Bodies[0].GetProperty("Data").GetRawText(),
            handler.Bodies[1].GetProperty("Data").GetRawText());
        Assert.Equal(0, dispatcher.LostBatches);
    }

    [Theory]
    [InlineData(500, "application/json", "{}")]
    [InlineData(200, "text/plain", "{}")]
    [InlineData(200, "application/json", "")]
    [InlineData(200, "application/json", "null")]
    public async Task Run_FunctionKeepsFailing_TheCheckpointMovesOnAllTheSame(int status, string contentType, string body)
    {
        await using FakeHandler handler = await FakeHandler.StartAsync();
        handler.Answer = _ => (status, contentType, body);
        LocalEventHub hub = new(1, 7, TimeProvider.System);
        await hub.SendAsync("a"u8.ToArray(), TestContext.Current.CancellationToken);

        EventHubDispatcher dispatcher = await DispatchAsync(handler, hub, batchSize: 4);

        Assert.Equal(3, handler.Bodies.Count);
        Assert.Equal(1, dispatcher.LostBatches);
        Assert.Equal(7, dispatcher.Checkpoints[0]);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(9, 300)]
    public void Delay_ExponentialBackoff_DoublesUpToItsLimit(int retry, int seconds)
    {
        RetryPolicy policy = new(true, 9, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));

        Assert.Equal(TimeSpan.FromSeconds(seconds), policy.Delay(retry));
    }

    private static async Task<EventHubDispatcher> DispatchAsync(FakeHandler handler, LocalEventHub hub, int batchSize)
    {
        using HandlerClient client = new(handler.Port, TimeSpan.FromSeconds(20));
        EventHubDispatcher dispatcher = new(hub, Function, client, batchSize, TimeProvider.System, static _ => { });
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task running = dispatcher.RunAsync(stop.Token);
        while (hub.Done < hub.Sent)
        {
            await Task.WhenAny(running, Task.Delay(10, TestContext.Current.CancellationToken));
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        return dispatcher;
    }
}
