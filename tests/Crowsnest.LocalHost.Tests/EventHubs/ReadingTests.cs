using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Primitives;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>What the real client's consumers get from a local event hub.</summary>
public sealed class ReadingTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, true, 0)]
    [InlineData(2, true, 2)]
    [InlineData(2, false, 3)]
    public async Task Read_FromSequenceNumber_BeginsThere(long sequenceNumber, bool isInclusive, int first)
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["0", "1", "2", "3", "4"]);

        string[] read = await hub.TextsAsync(EventPosition.FromSequenceNumber(sequenceNumber, isInclusive), 5 - first);

        Assert.Equal(Enumerable.Range(first, 5 - first).Select(static i => $"{i}"), read);
    }

    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 3)]
    public async Task Read_FromOffset_BeginsThere(bool isInclusive, int first)
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["0", "1", "2", "3", "4"]);
        List<EventData> all = await hub.ReadAsync(EventPosition.Earliest, 5);

        string[] read = await hub.TextsAsync(EventPosition.FromOffset(all[2].OffsetString, isInclusive), 5 - first);

        Assert.Equal(Enumerable.Range(first, 5 - first).Select(static i => $"{i}"), read);
        Assert.Equal(all.Select(static data => data.OffsetString).Distinct().Count(), all.Count);
    }

    [Fact]
    public async Task Read_FromEnqueuedTime_BeginsAfterIt()
    {
        FakeTimeProvider clock = new(Noon);
        await using TestHub hub = await TestHub.StartAsync(clock: clock);
        await hub.SendAsync(["noon"]);
        clock.Advance(TimeSpan.FromSeconds(1));
        await hub.SendAsync(["a second later"]);
        clock.Advance(TimeSpan.FromSeconds(1));
        await hub.SendAsync(["two seconds later"]);

        List<EventData> read = await hub.ReadAsync(EventPosition.FromEnqueuedTime(Noon.AddSeconds(1)), 1);
        string[] earlier = await hub.TextsAsync(EventPosition.FromEnqueuedTime(Noon.AddMilliseconds(999)), 2);

        Assert.Equal("two seconds later", Assert.Single(read).EventBody.ToString());
        Assert.Equal(Noon.AddSeconds(2), read[0].EnqueuedTime);
        Assert.Equal(["a second later", "two seconds later"], earlier);
    }

    [Fact]
    public async Task Read_ClockGoesBack_EnqueuedTimesDoNot()
    {
        FakeTimeProvider clock = new(Noon);
        await using TestHub hub = await TestHub.StartAsync(clock: clock);
        await hub.SendAsync(["first"]);
        clock.AdjustTime(Noon.AddHours(-1));
        await hub.SendAsync(["second"]);

        List<EventData> read = await hub.ReadAsync(EventPosition.Earliest, 2);

        Assert.All(read, static data => Assert.Equal(Noon, data.EnqueuedTime));
    }

    [Fact]
    public async Task Read_Latest_GetsOnlyWhatComesAfterwards()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["before"]);
        await using PartitionReceiver receiver = hub.Receiver(EventPosition.Latest);
        Assert.Empty(await receiver.ReceiveBatchAsync(10, TimeSpan.FromMilliseconds(50), Cancellation));

        await hub.SendAsync(["after"]);

        Assert.Equal("after", Assert.Single(await TestHub.ReceiveAsync(receiver, 1)).EventBody.ToString());
    }

    [Fact]
    public async Task Read_EmptyPartition_GetsTheFirstMessageWhenItComes()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await using PartitionReceiver receiver = hub.Receiver(EventPosition.Earliest);
        Assert.Empty(await receiver.ReceiveBatchAsync(10, TimeSpan.FromMilliseconds(50), Cancellation));

        await hub.SendAsync(["first"]);

        Assert.Equal("first", Assert.Single(await TestHub.ReceiveAsync(receiver, 1)).EventBody.ToString());
    }

    [Fact]
    public async Task Read_BeyondTheEnd_IsRefusedInsteadOfWaitedFor()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["0"]);

        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(
            () => hub.ReadAsync(EventPosition.FromSequenceNumber(5_000, false), 1));

        Assert.Contains("'5000' is invalid", refused.Message, StringComparison.Ordinal);
        Assert.Contains("'5000' is invalid", Assert.Single(hub.Said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_TwoGroups_EachGetsEverything()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await using PartitionReceiver one = hub.Receiver(EventPosition.Earliest);
        await using PartitionReceiver other = hub.Receiver(EventPosition.Earliest, group: TestHub.OtherGroup);
        await hub.SendAsync(["a", "b"]);

        List<EventData> first = await TestHub.ReceiveAsync(one, 2);
        List<EventData> second = await TestHub.ReceiveAsync(other, 2);

        Assert.Equal(first.Select(static data => data.OffsetString), second.Select(static data => data.OffsetString));
    }

    [Theory]
    [InlineData("nobody", "0")]
    [InlineData("$Default", "7")]
    public async Task Read_UnknownGroupOrPartition_IsResourceNotFound(string group, string partition)
    {
        await using TestHub hub = await TestHub.StartAsync();
        await using PartitionReceiver receiver = hub.Receiver(EventPosition.Earliest, partition, group);

        EventHubsException refused = await Assert.ThrowsAsync<EventHubsException>(
            () => receiver.ReceiveBatchAsync(1, TestHub.Patience, Cancellation));

        Assert.Equal(EventHubsException.FailureReason.ResourceNotFound, refused.Reason);
    }

    [Fact]
    public async Task Read_MoreThanTheCredit_GoesOnAsTheConsumerTakes()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(Enumerable.Range(0, 200).Select(static i => $"{i}"));
        await using PartitionReceiver receiver = hub.Receiver(EventPosition.Earliest, prefetch: 10);

        List<EventData> read = await TestHub.ReceiveAsync(receiver, 200);

        Assert.Equal(Enumerable.Range(0, 200).Select(static i => (long)i), read.Select(static data => data.SequenceNumber));
    }

    [Fact]
    public async Task Read_Tracking_TellsTheLastEnqueuedEvent()
    {
        FakeTimeProvider clock = new(Noon);
        await using TestHub hub = await TestHub.StartAsync(clock: clock);
        await hub.SendAsync(["a", "b", "c"]);
        await using PartitionReceiver receiver = hub.Receiver(EventPosition.Earliest, track: true);

        EventData read = Assert.Single(await TestHub.ReceiveAsync(receiver, 1));

        LastEnqueuedEventProperties last = receiver.ReadLastEnqueuedEventProperties();
        Assert.Equal("a", read.EventBody.ToString());
        Assert.Equal(2, last.SequenceNumber);
        Assert.Equal((await hub.ReadAsync(EventPosition.FromSequenceNumber(2), 1))[0].OffsetString, last.OffsetString);
        Assert.Equal(Noon, last.EnqueuedTime);
        Assert.Equal(Noon, last.LastReceivedTime);
    }

    [Fact]
    public async Task Properties_OfHubAndPartitions_AreTold()
    {
        FakeTimeProvider clock = new(Noon);
        await using TestHub hub = await TestHub.StartAsync(partitions: 3, clock: clock);
        clock.Advance(TimeSpan.FromMinutes(1));
        await hub.SendAsync(["a", "b"], partition: "1");
        await using EventHubConsumerClient consumer = hub.Consumer();

        EventHubProperties properties = await consumer.GetEventHubPropertiesAsync(Cancellation);
        PartitionProperties full = await consumer.GetPartitionPropertiesAsync("1", Cancellation);
        PartitionProperties empty = await consumer.GetPartitionPropertiesAsync("2", Cancellation);
        EventHubsException unknown = await Assert.ThrowsAsync<EventHubsException>(
            () => consumer.GetPartitionPropertiesAsync("3", Cancellation));

        Assert.Equal((TestHub.Name, Noon), (properties.Name, properties.CreatedOn));
        Assert.Equal(["0", "1", "2"], properties.PartitionIds);
        Assert.False(properties.IsGeoReplicationEnabled);
        Assert.False(full.IsEmpty);
        Assert.Equal((0, 1), (full.BeginningSequenceNumber, full.LastEnqueuedSequenceNumber));
        Assert.Equal(Noon.AddMinutes(1), full.LastEnqueuedTime);
        Assert.Equal((await hub.ReadAsync(EventPosition.FromSequenceNumber(1), 1, "1"))[0].OffsetString, full.LastEnqueuedOffsetString);
        Assert.True(empty.IsEmpty);
        Assert.Equal((0, -1), (empty.BeginningSequenceNumber, empty.LastEnqueuedSequenceNumber));
        Assert.Equal(EventHubsException.FailureReason.ResourceNotFound, unknown.Reason);
    }
}
