using Azure.Messaging.EventHubs;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Triggers;
using Crowsnest.LocalHost.Worker;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.Triggers;

/// <summary>The semantics of the real Event Hubs trigger.</summary>
public sealed class BatchDeliveryTests
{
    private static readonly RetryPolicy Twice = new(false, 2, TimeSpan.Zero, TimeSpan.Zero);
    private static readonly RetryPolicy Endless = new(true, -1, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deliver_FunctionFailsOnce_IsTriedAgainUnderTheSameIdWithItsRetryContext()
    {
        FakeFunctions functions = new() { Answer = static call => call == 1 ? InvocationResult.Failure("boom") : new(true, "", []) };
        BatchDelivery delivery = new(Function.EventHub(Twice), functions, TimeProvider.System, static _ => { });

        Assert.True(await DeliverAsync(delivery, Cancellation));

        Assert.Equal([0, 1], functions.Calls.Select(static call => call.Retry!.RetryCount));
        Assert.All(functions.Calls, static call => Assert.Equal(2, call.Retry!.MaxRetryCount));
        Assert.Equal("boom", functions.Calls[1].Retry!.Exception.Message);
        Assert.Equal(functions.Calls[0].Id, functions.Calls[1].Id);
        Assert.Same(functions.Calls[0].Input, functions.Calls[1].Input);
        Assert.Equal(0, delivery.Lost);
    }

    [Fact]
    public async Task Deliver_RetriesUsedUp_TheBatchIsPassedOver()
    {
        FakeFunctions functions = new() { Answer = static _ => InvocationResult.Failure("boom") };
        List<string> said = [];
        BatchDelivery delivery = new(Function.EventHub(Twice), functions, TimeProvider.System, said.Add);

        Assert.True(await DeliverAsync(delivery, Cancellation));

        Assert.Equal(3, functions.Calls.Count);
        Assert.Equal(1, delivery.Lost);
        Assert.Contains(said, static line => line.Contains("the checkpoint moves on past partition 0, 7-7", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Deliver_NoRetryPolicy_IsTriedOnce()
    {
        FakeFunctions functions = new() { Answer = static _ => InvocationResult.Failure("boom") };
        BatchDelivery delivery = new(Function.EventHub(null), functions, TimeProvider.System, static _ => { });

        Assert.True(await DeliverAsync(delivery, Cancellation));

        Assert.Null(Assert.Single(functions.Calls).Retry);
        Assert.Equal(1, delivery.Lost);
    }

    // An outage of a day: no batch is passed over, and pauses stay at the longest.
    [Fact]
    public async Task Deliver_RetriesWithoutEnd_WaitAsLongAsItTakes()
    {
        FakeTimeProvider clock = new();
        DateTimeOffset end = clock.GetUtcNow().AddDays(1);
        FakeFunctions functions = new() { Answer = _ => clock.GetUtcNow() < end ? InvocationResult.Failure("away") : new(true, "", []) };
        BatchDelivery delivery = new(Function.EventHub(Endless), functions, clock, static _ => { });

        Task<bool> delivering = DeliverAsync(delivery, Cancellation);
        while (!delivering.IsCompleted)
        {
            clock.Advance(TimeSpan.FromMinutes(5));
            await Task.Yield();
        }

        Assert.True(await delivering);
        Assert.Equal(0, delivery.Lost);
        Assert.InRange(functions.Calls.Count, 100, 400);
        Assert.Equal(-1, functions.Calls[^1].Retry!.MaxRetryCount);
    }

    [Fact]
    public async Task Deliver_GivenUp_IsNotDealtWith()
    {
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        FakeFunctions functions = new() { Work = cancel => Task.Delay(Timeout.InfiniteTimeSpan, cancel) };
        BatchDelivery delivery = new(Function.EventHub(Endless), functions, TimeProvider.System, static _ => { });

        Task<bool> delivering = DeliverAsync(delivery, stop.Token);
        await stop.CancelAsync();

        Assert.False(await delivering);
        Assert.Equal(0, delivery.Lost);
    }

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 10)]
    [InlineData(3, 20)]
    [InlineData(9, 300)]
    [InlineData(100_000, 300)]
    public void Delay_ExponentialBackoff_DoublesUpToItsLimit(int retry, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Endless.Delay(retry));

    private static Task<bool> DeliverAsync(BatchDelivery delivery, CancellationToken cancellationToken)
    {
        EventData[] events = [HubMessages.At("a"u8.ToArray(), 7, DateTimeOffset.UnixEpoch)];
        return delivery.DeliverAsync(
            EventHubBinding.Invocation(Function.EventHub(null), "localhost", "hub", "$Default", "0", events),
            "0",
            events,
            cancellationToken);
    }
}
