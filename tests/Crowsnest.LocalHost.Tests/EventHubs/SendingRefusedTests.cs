using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Consumer;
using Azure.Messaging.EventHubs.Producer;
using Microsoft.Azure.Amqp;
using Microsoft.Azure.Amqp.Framing;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>What a local event hub does not take, and how it says so.</summary>
public sealed class SendingRefusedTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_LargerThanTheLimit_IsMessageSizeExceeded()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await using EventHubProducerClient producer = hub.Producer();

        EventHubsException refused = await Assert.ThrowsAsync<EventHubsException>(
            () => producer.SendAsync([new EventData(new byte[1024 * 1024])], Cancellation));

        Assert.Equal(EventHubsException.FailureReason.MessageSizeExceeded, refused.Reason);
        using EventDataBatch batch = await producer.CreateBatchAsync(Cancellation);
        Assert.Equal(1024 * 1024, batch.MaximumSizeInBytes);
    }

    [Fact]
    public async Task Send_LargerThanTheLimitUnasked_ClosesTheLinkWithThatReason()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await using RawClient client = await RawClient.ConnectAsync(hub);
        SendingAmqpLink link = await client.OpenSenderAsync(TestHub.Name);
        TaskCompletionSource closed = new();
        link.SafeAddClosed((_, _) => closed.SetResult());

        link.SendMessageNoWait(
            AmqpMessage.Create(new Data { Value = new ArraySegment<byte>(new byte[1024 * 1024]) }), new byte[4], AmqpConstants.NullBinary);
        await closed.Task.WaitAsync(TestHub.Patience, Cancellation);

        AmqpException reason = Assert.IsType<AmqpException>(link.TerminalException);
        Assert.Equal(AmqpErrorCode.MessageSizeExceeded, reason.Error.Condition);
    }

    [Fact]
    public async Task Send_UnknownHub_IsResourceNotFound()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await using EventHubProducerClient producer = new(hub.ConnectionString.Replace("=audit", "=other", StringComparison.Ordinal));

        EventHubsException refused = await Assert.ThrowsAsync<EventHubsException>(
            () => producer.SendAsync([new EventData("a")], Cancellation));
        EventHubsException unknown = await Assert.ThrowsAsync<EventHubsException>(
            () => producer.GetEventHubPropertiesAsync(Cancellation));

        Assert.Equal(EventHubsException.FailureReason.ResourceNotFound, refused.Reason);
        Assert.Equal(EventHubsException.FailureReason.ResourceNotFound, unknown.Reason);
    }

    [Fact]
    public async Task Send_UnknownPartition_IsResourceNotFound()
    {
        await using TestHub hub = await TestHub.StartAsync(partitions: 2);

        EventHubsException refused = await Assert.ThrowsAsync<EventHubsException>(() => hub.SendAsync(["a"], partition: "2"));

        Assert.Equal(EventHubsException.FailureReason.ResourceNotFound, refused.Reason);
    }

    [Fact]
    public async Task Send_Idempotent_IsRefusedAsNotImplemented()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await using RawClient client = await RawClient.ConnectAsync(hub);

        AmqpException refused = await Assert.ThrowsAsync<AmqpException>(
            () => client.OpenSenderAsync(TestHub.Name, "com.microsoft:idempotent-producer"));

        Assert.Equal(AmqpErrorCode.NotImplemented, refused.Error.Condition);
        Assert.Contains("idempotent", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhatIsNoMessage_IsRefusedAndCostsNothingElse()
    {
        await using TestHub hub = await TestHub.StartAsync();
        await hub.SendAsync(["before"]);
        await using RawClient client = await RawClient.ConnectAsync(hub);
        SendingAmqpLink link = await client.OpenSenderAsync(TestHub.Name);
        TaskCompletionSource closed = new();
        link.SafeAddClosed((_, _) => closed.SetResult());
        AmqpMessage batch = AmqpMessage.Create([new Data { Value = new ArraySegment<byte>("no message"u8.ToArray()) }]);
        batch.MessageFormat = AmqpConstants.AmqpBatchedMessageFormat;

        link.SendMessageNoWait(batch, new byte[4], AmqpConstants.NullBinary);
        await closed.Task.WaitAsync(TestHub.Patience, Cancellation);
        await hub.SendAsync(["after"]);

        Assert.NotNull(link.TerminalException);
        Assert.Equal(["before", "after"], await hub.TextsAsync(EventPosition.Earliest, 2));
    }
}
