using System.Globalization;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Producer;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>What the real client's producers send to a local event hub.</summary>
public sealed class SendingTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_WithPartitionId_GoesToThatPartition()
    {
        await using TestHub hub = await TestHub.StartAsync(partitions: 4);

        await hub.SendAsync(["a", "b", "c"], partition: "2");

        List<EventData> read = await hub.ReadAsync(EventPosition.Earliest, 3, partition: "2");
        Assert.Equal(["a", "b", "c"], read.Select(static data => data.EventBody.ToString()));
        Assert.Equal([0, 1, 2], read.Select(static data => data.SequenceNumber));
        Assert.All(read, static data => Assert.Null(data.PartitionKey));
    }

    [Fact]
    public async Task Send_WithPartitionKey_AllOfAKeyGoToOnePartition()
    {
        await using TestHub hub = await TestHub.StartAsync(partitions: 4);
        await using EventHubProducerClient producer = hub.Producer();
        SendEventOptions key = new() { PartitionKey = "cluster-7" };

        await producer.SendAsync([new EventData("a"), new EventData("b")], key, Cancellation);
        await producer.SendAsync([new EventData("c")], key, Cancellation);

        List<EventData> read = await ReadAllAsync(hub, 3);
        Assert.Equal([0, 1, 2], read.Select(static data => data.SequenceNumber));
        Assert.All(read, static data => Assert.Equal("cluster-7", data.PartitionKey));
    }

    [Fact]
    public async Task Send_ManyPartitionKeys_UseAllPartitions()
    {
        await using TestHub hub = await TestHub.StartAsync(partitions: 4);
        await using EventHubProducerClient producer = hub.Producer();

        for (int i = 0; i < 32; i++)
        {
            await producer.SendAsync(
                [new EventData("a")],
                new SendEventOptions { PartitionKey = i.ToString(CultureInfo.InvariantCulture) },
                Cancellation);
        }

        Assert.All(await LastNumbersAsync(producer), static last => Assert.True(last >= 0));
    }

    [Fact]
    public async Task Send_WithNeither_TakesPartitionsInTurn()
    {
        await using TestHub hub = await TestHub.StartAsync(partitions: 4);
        await using EventHubProducerClient producer = hub.Producer();

        for (int i = 0; i < 8; i++)
        {
            await producer.SendAsync([new EventData("a")], Cancellation);
        }

        long[] last = await LastNumbersAsync(producer);
        Assert.Equal([1, 1, 1, 1], last);
    }

    [Fact]
    public async Task Send_BufferedProducer_EverythingArrivesOnce()
    {
        await using TestHub hub = await TestHub.StartAsync(partitions: 3);
        await using EventHubBufferedProducerClient producer = new(hub.ConnectionString);
        producer.SendEventBatchFailedAsync += static failed => throw failed.Exception;

        for (int i = 0; i < 300; i++)
        {
            await producer.EnqueueEventAsync(new EventData($"{i}"), Cancellation);
        }

        await producer.FlushAsync(Cancellation);

        List<EventData> read = await ReadAllAsync(hub, 300);
        Assert.Equal(
            Enumerable.Range(0, 300),
            read.Select(static data => int.Parse(data.EventBody.ToString(), CultureInfo.InvariantCulture)).Order());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Send_Properties_ComeOutAsTheyWentIn(int count)
    {
        await using TestHub hub = await TestHub.StartAsync();
        await using EventHubProducerClient producer = hub.Producer();
        EventData sent = new("{}"u8.ToArray())
        {
            MessageId = "m-1",
            CorrelationId = "c-1",
            ContentType = "application/json",
            Properties =
            {
                ["text"] = "é\n",
                ["int"] = 7,
                ["long"] = 1L << 40,
                ["bool"] = true,
                ["guid"] = Guid.Parse("0c4aa4a4-3b1f-4f0e-8f33-0d7c7d0b6a11"),
                ["time"] = new DateTime(2026, 11, 2, 12, 0, 0, DateTimeKind.Utc),
                ["span"] = TimeSpan.FromSeconds(5),
            },
        };
        sent.GetRawAmqpMessage().MessageAnnotations["x-own"] = "mine";
        sent.GetRawAmqpMessage().Footer["f"] = 1;
        sent.GetRawAmqpMessage().Header.DeliveryCount = 3;

        await producer.SendAsync(Enumerable.Repeat(sent, count), Cancellation);

        List<EventData> read = await hub.ReadAsync(EventPosition.Earliest, count);
        Assert.All(read, data =>
        {
            Assert.Equal("{}", data.EventBody.ToString());
            Assert.Equal(("m-1", "c-1", "application/json"), (data.MessageId, data.CorrelationId, data.ContentType));
            Assert.Equal(sent.Properties.OrderBy(static p => p.Key), data.Properties.OrderBy(static p => p.Key));
            Assert.Equal("mine", data.SystemProperties["x-own"]);
            Assert.Equal(1, data.GetRawAmqpMessage().Footer["f"]);
            Assert.Equal(3u, data.GetRawAmqpMessage().Header.DeliveryCount);
        });
    }

    [Fact]
    public async Task Send_MessageOfManyFrames_ComesOutWhole()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await using EventHubProducerClient producer = hub.Producer();
        byte[] body = new byte[1024 * 1024 - 200];
        new Random(1).NextBytes(body);

        await producer.SendAsync([new EventData(body)], Cancellation);

        EventData read = Assert.Single(await hub.ReadAsync(EventPosition.Earliest, 1));
        Assert.True(body.AsSpan().SequenceEqual(read.EventBody));
    }

    [Fact]
    public async Task Send_HubNameInOtherCase_IsTheSameHub()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await using EventHubProducerClient producer = new(hub.ConnectionString.Replace("=audit", "=AUDIT", StringComparison.Ordinal));

        await producer.SendAsync([new EventData("a")], Cancellation);

        Assert.Equal(["a"], await hub.TextsAsync(EventPosition.Earliest, 1));
    }

    private static async Task<long[]> LastNumbersAsync(EventHubProducerClient producer)
    {
        List<long> last = [];
        foreach (string id in await producer.GetPartitionIdsAsync(Cancellation))
        {
            last.Add((await producer.GetPartitionPropertiesAsync(id, Cancellation)).LastEnqueuedSequenceNumber);
        }

        return [.. last];
    }

    private static async Task<List<EventData>> ReadAllAsync(TestHub hub, int count)
    {
        await using EventHubConsumerClient consumer = hub.Consumer();
        List<EventData> read = [];
        await foreach (PartitionEvent found in consumer.ReadEventsAsync(Cancellation))
        {
            read.Add(found.Data);
            if (read.Count == count)
            {
                break;
            }
        }

        return read;
    }
}
