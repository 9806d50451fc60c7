using System.Diagnostics;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>Who may read a partition when readers have owner levels.</summary>
public sealed class OwnerLevelTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, 0L)]
    [InlineData(5L, 5L)]
    [InlineData(5L, 6L)]
    public async Task Read_WithALevelNotBelow_TakesThePartitionOver(long? held, long? level)
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["a", "b"]);
        await using PartitionReceiver first = hub.Receiver(EventPosition.Earliest, ownerLevel: held);
        await TestHub.ReceiveAsync(first, 2);
        await using PartitionReceiver second = hub.Receiver(EventPosition.Earliest, ownerLevel: level);

        List<EventData> read = await TestHub.ReceiveAsync(second, 2);
        EventHubsException ended = await DisconnectionAsync(first, second);

        Assert.Equal(2, read.Count);
        Assert.Equal(EventHubsException.FailureReason.ConsumerDisconnected, ended.Reason);
    }

    [Theory]
    [InlineData(5L, null)]
    [InlineData(5L, 4L)]
    public async Task Read_WithALevelBelow_IsRefused(long? held, long? level)
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["a", "b"]);
        await using PartitionReceiver first = hub.Receiver(EventPosition.Earliest, ownerLevel: held);
        await TestHub.ReceiveAsync(first, 1);
        await using PartitionReceiver second = hub.Receiver(EventPosition.Earliest, ownerLevel: level);

        EventHubsException refused = await Assert.ThrowsAsync<EventHubsException>(
            () => second.ReceiveBatchAsync(1, TestHub.Patience, Cancellation));

        Assert.Equal(EventHubsException.FailureReason.ConsumerDisconnected, refused.Reason);
        Assert.Equal("b", Assert.Single(await TestHub.ReceiveAsync(first, 1)).EventBody.ToString());
    }

    [Fact]
    public async Task Read_WithoutLevels_IsShared()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["a"]);
        await using PartitionReceiver first = hub.Receiver(EventPosition.Earliest);
        await using PartitionReceiver second = hub.Receiver(EventPosition.Earliest);

        Assert.Single(await TestHub.ReceiveAsync(first, 1));
        Assert.Single(await TestHub.ReceiveAsync(second, 1));
    }

    [Fact]
    public async Task Read_InAnotherGroup_DoesNotDisturb()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["a", "b"]);
        await using PartitionReceiver first = hub.Receiver(EventPosition.Earliest, ownerLevel: 1);
        await TestHub.ReceiveAsync(first, 1);

        await using PartitionReceiver second = hub.Receiver(EventPosition.Earliest, group: TestHub.OtherGroup, ownerLevel: 9);
        await TestHub.ReceiveAsync(second, 2);

        Assert.Single(await TestHub.ReceiveAsync(first, 1));
    }

    [Fact]
    public async Task Read_AfterTheOwnerHasGone_IsFree()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["a"]);
        await using (PartitionReceiver first = hub.Receiver(EventPosition.Earliest, ownerLevel: 9))
        {
            await TestHub.ReceiveAsync(first, 1);
        }

        await using PartitionReceiver second = hub.Receiver(EventPosition.Earliest);

        Assert.Single(await TestHub.ReceiveAsync(second, 1));
    }

    // A client that hears of its end between two calls may join again before it tells; with an equal level it then ends the
    // other one in turn.
    private static async Task<EventHubsException> DisconnectionAsync(params PartitionReceiver[] receivers)
    {
        long started = Stopwatch.GetTimestamp();
        try
        {
            while (true)
            {
                foreach (PartitionReceiver receiver in receivers)
                {
                    await receiver.ReceiveBatchAsync(1, TimeSpan.FromMilliseconds(10), Cancellation);
                    Assert.True(Stopwatch.GetElapsedTime(started) < TestHub.Patience, "nobody was disconnected");
                }
            }
        }
        catch (EventHubsException ended)
        {
            return ended;
        }
    }
}
