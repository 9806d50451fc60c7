using System.Text;
using Azure.Core.Amqp;
using Azure.Messaging.EventHubs;
using Crowsnest.Core.Intake;
using Crowsnest.Functions.EventHubs;

namespace Crowsnest.Functions.Tests.EventHubs;

/// <summary>Batches as the trigger brings them.</summary>
public sealed class HubBatchTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_MessagesOfAHub_HaveTheirPlace()
    {
        AmqpAnnotatedMessage message = new(AmqpMessageBody.FromData(["{}"u8.ToArray()]));
        message.MessageAnnotations["x-opt-sequence-number"] = 1234L;
        message.MessageAnnotations["x-opt-enqueued-time"] = Now.AddHours(-1).UtcDateTime;

        HubBatch batch = HubBatch.Of([new EventData(message)], new FakeContext("""{"EventHubName":"audit","PartitionId":"7"}"""), Now);

        Assert.Equal("7", batch.Partition);
        HubMessage read = Assert.Single(batch.Messages);
        Assert.Equal(("{}", 1234L, Now.AddHours(-1)), (Encoding.UTF8.GetString(read.Body.Span), read.SequenceNumber, read.EnqueuedTime));
    }

    [Fact]
    public void Of_NoMetadata_StillGivesMessagesWithAPlaceFromTheirContent()
    {
        HubBatch first = HubBatch.Of([new EventData("{}")], new FakeContext(), Now);
        HubBatch second = HubBatch.Of([new EventData("{}"), new EventData("[]")], new FakeContext(), Now);

        HubMessage message = Assert.Single(first.Messages);
        Assert.Equal(Now, message.EnqueuedTime);
        Assert.Equal(message.SequenceNumber, second.Messages[0].SequenceNumber);
        Assert.NotEqual(message.SequenceNumber, second.Messages[1].SequenceNumber);
        Assert.True(message.SequenceNumber >= 0);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("""{"PartitionId":7}""")]
    [InlineData("""{"PartitionId":""}""")]
    public void Of_PartitionContextOfAnotherShape_IsNoReasonToFail(string? context) =>
        Assert.Equal("x", HubBatch.Of([new EventData("{}")], new FakeContext(context), Now).Partition);
}
