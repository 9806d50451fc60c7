using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Azure.Messaging.EventHubs.Producer;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>A partition keeps no more than its limit, and says what that costs whom.</summary>
public sealed class RetentionTests
{
    private const long Limit = 32 * 1024;

    private static readonly string Filling = new('.', 1_000);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_AboveTheLimit_TheOldestGo()
    {
        await using TestHub hub = await TestHub.StartAsync(retentionBytes: Limit);
        await using EventHubConsumerClient consumer = hub.Consumer();

        await FillAsync(hub, 100);

        PartitionProperties properties = await consumer.GetPartitionPropertiesAsync("0", Cancellation);
        Assert.InRange(properties.BeginningSequenceNumber, 50, 99);
        Assert.Equal(99, properties.LastEnqueuedSequenceNumber);
        long kept = Directory.GetFiles(Path.Combine(hub.Options.DataFolder, "0"), "*.log").Sum(static file => new FileInfo(file).Length);
        Assert.InRange(kept, Limit / 2, Limit);
    }

    [Fact]
    public async Task Read_WhatIsGone_BeginsAtTheOldestThatIsLeft()
    {
        await using TestHub hub = await TestHub.StartAsync(retentionBytes: Limit);
        await FillAsync(hub, 100);
        await using EventHubConsumerClient consumer = hub.Consumer();
        long begin = (await consumer.GetPartitionPropertiesAsync("0", Cancellation)).BeginningSequenceNumber;

        EventData bySequence = (await hub.ReadAsync(EventPosition.FromSequenceNumber(3), 1))[0];
        EventData byOffset = (await hub.ReadAsync(EventPosition.FromOffset("100"), 1))[0];

        Assert.Equal(begin, bySequence.SequenceNumber);
        Assert.Equal(begin, byOffset.SequenceNumber);
        Assert.Empty(hub.Said);
    }

    [Fact]
    public async Task Read_SlowConsumer_SkipsWhatHasGoneAndItIsSaid()
    {
        await using TestHub hub = await TestHub.StartAsync(retentionBytes: Limit);
        await hub.SendAsync([Filling]);
        await using PartitionReceiver slow = hub.Receiver(EventPosition.Earliest, prefetch: 1);
        await TestHub.ReceiveAsync(slow, 1);

        await FillAsync(hub, 100);
        List<EventData> read = [];
        while (read.Count == 0 || read[^1].SequenceNumber < 100)
        {
            read.AddRange(await TestHub.ReceiveAsync(slow, 1));
        }

        Assert.Equal(read.Select(static data => data.SequenceNumber).Distinct().Order(), read.Select(static data => data.SequenceNumber));
        Assert.True(read.Count < 90, $"{read.Count} came");
        string[] said = [.. hub.Said];
        Assert.Contains("are being dropped before they were sent", said[0], StringComparison.Ordinal);
        Assert.Contains($"{100 - read.Count} messages", said[1], StringComparison.Ordinal);
        Assert.Contains("consumer group $Default", said[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restart_AfterTheOldestHaveGone_NumbersGoOn()
    {
        await using TestHub hub = await TestHub.StartAsync(retentionBytes: Limit);
        await FillAsync(hub, 100);

        await hub.StopAsync();
        await hub.RestartAsync();
        await FillAsync(hub, 1);

        Assert.Equal(100, (await hub.ReadAsync(EventPosition.FromSequenceNumber(100), 1))[0].SequenceNumber);
    }

    [Fact]
    public async Task Send_LargerThanTheLimit_IsKeptAllTheSame()
    {
        await using TestHub hub = await TestHub.StartAsync(retentionBytes: 1);

        await hub.SendAsync(["a"]);
        await hub.SendAsync([Filling]);

        Assert.Equal([Filling], await hub.TextsAsync(EventPosition.Earliest, 1));
    }

    private static async Task FillAsync(TestHub hub, int count)
    {
        await using EventHubProducerClient producer = hub.Producer();
        for (int i = 0; i < count; i++)
        {
            await producer.SendAsync([new EventData(Filling)], Cancellation);
        }
    }
}
