using Crowsnest.LocalHost.EventHubs;
using Microsoft.Azure.Amqp;

namespace Crowsnest.LocalHost.Tests.EventHubs;

/// <summary>The expressions in which clients say where they want to begin.</summary>
public sealed class EventSelectorTests
{
    [Theory]
    [InlineData("amqp.annotation.x-opt-sequence-number > 6", true)]
    [InlineData("amqp.annotation.x-opt-sequence-number > '7'", false)]
    [InlineData("amqp.annotation.x-opt-sequence-number >= '7'", true)]
    [InlineData("amqp.annotation.x-opt-offset > 700", false)]
    [InlineData("amqp.annotation.x-opt-offset >= 700", true)]
    [InlineData("amqp.annotation.x-opt-offset > -1", true)]
    [InlineData("amqp.annotation.x-opt-enqueued-time > 70", false)]
    [InlineData("amqp.annotation.x-opt-enqueued-time >= 70", true)]
    [InlineData("amqp.annotation.x-opt-enqueued-time >= 71", false)]
    public void IsReached_AtTheVeryValue_OnlyWhenInclusive(string text, bool expected)
    {
        EventSelector selector = EventSelector.Parse(text);

        Assert.Equal(expected, selector.IsReached(new RecordMark(7, 700, 70)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("amqp.annotation.x-opt-offset")]
    [InlineData("amqp.annotation.x-opt-offset < 5")]
    [InlineData("amqp.annotation.x-opt-offset > five")]
    [InlineData("amqp.annotation.x-opt-color > 5")]
    [InlineData("amqp.annotation.x-opt-offset > 5 AND x > 6")]
    public void Parse_WhatNoClientWrites_IsABadArgument(string text)
    {
        AmqpException refused = Assert.Throws<AmqpException>(() => EventSelector.Parse(text));

        Assert.Equal("com.microsoft:argument-error", refused.Error.Condition.Value);
    }

    [Theory]
    [InlineData("amqp.annotation.x-opt-sequence-number > 9", true)]
    [InlineData("amqp.annotation.x-opt-sequence-number >= 10", true)]
    [InlineData("amqp.annotation.x-opt-sequence-number > 10", false)]
    [InlineData("amqp.annotation.x-opt-sequence-number >= 11", false)]
    [InlineData("amqp.annotation.x-opt-offset >= 1000", true)]
    [InlineData("amqp.annotation.x-opt-offset > 1000", false)]
    [InlineData("amqp.annotation.x-opt-enqueued-time > 99999", true)]
    [InlineData("amqp.annotation.x-opt-offset > '@latest'", true)]
    public void Beyond_PlacesUpToTheNextMessage_AreFine(string text, bool isFine) =>
        Assert.Equal(isFine, EventSelector.Parse(text).Beyond(new RecordMark(10, 1_000, 100)) is null);

    [Fact]
    public void Beyond_EmptyLog_BeginningIsFine() =>
        Assert.Null(EventSelector.Parse("amqp.annotation.x-opt-offset > 0").Beyond(new RecordMark(0, 0, 100)));
}
