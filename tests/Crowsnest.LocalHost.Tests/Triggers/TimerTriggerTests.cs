using System.Text.Json;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Triggers;
using Crowsnest.LocalHost.Worker;
using Crowsnest.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.Triggers;

/// <summary>The semantics of the real timer trigger, on real storage and in virtual time.</summary>
public sealed class TimerTriggerTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new(Noon);
    private readonly FakeFunctions _functions = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private BlobServiceClient Blobs => AzuriteFixture.Clients(azurite.Connection).Blobs;

    [Theory]
    [InlineData("0 0 3 * * *", "2026-11-03T03:00:00Z")]
    [InlineData("0 */5 * * * *", "2026-11-02T12:05:00Z")]
    [InlineData("30 0 0 1 * *", "2026-12-01T00:00:30Z")]
    public void NextAfter_SixFields_IsInUtc(string schedule, string expected) => Assert.Equal(
        DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), Timer(Function.Timer(schedule)).NextAfter(Noon));

    [Theory]
    [InlineData("0 3 * * *")]
    [InlineData("often")]
    public void Create_NoSchedule_SaysSo(string schedule)
    {
        LocalHostException fault = Assert.Throws<LocalHostException>(() => Timer(Function.Timer(schedule)));

        Assert.Contains("six fields", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fire_NotMonitored_HasNoScheduleStatus()
    {
        InvocationResult result = await Timer(Function.Timer("0 * * * * *")).FireAsync(Cancellation);

        Assert.True(result.Succeeded, result.Problem);
        JsonElement data = Data(Assert.Single(_functions.Calls));
        Assert.False(data.GetProperty("IsPastDue").GetBoolean());
        Assert.Equal(JsonValueKind.Null, data.GetProperty("ScheduleStatus").ValueKind);
    }

    [Fact]
    public async Task Fire_Fails_IsTriedAgainByThePolicy()
    {
        _functions.Answer = static call => call < 3 ? InvocationResult.Failure("boom") : new(true, "", []);

        RetryPolicy retry = new(false, 5, TimeSpan.Zero, TimeSpan.Zero);
        InvocationResult result = await Timer(Function.Timer("0 * * * * *", retry: retry)).FireAsync(Cancellation);

        Assert.True(result.Succeeded, result.Problem);
        Assert.Equal([0, 1, 2], _functions.Calls.Select(static call => call.Retry!.RetryCount));
    }

    [Fact]
    public async Task Step_ByTheMinute_RunsOnceAMinute()
    {
        TimerTrigger timer = Timer(Function.Timer("0 * * * * *") with { Name = "Minutely" });
        for (DateTimeOffset end = Noon.AddMinutes(10).AddSeconds(5); _clock.GetUtcNow() < end;)
        {
            TimeSpan wait = await timer.StepAsync(Cancellation);
            Assert.InRange(wait, TimeSpan.Zero, TimeSpan.FromSeconds(10));
            _clock.Advance(wait);
        }

        Assert.Equal(10, _functions.Calls.Count);
    }

    [Fact]
    public async Task Step_MonitoredAndItsTimePassedWhileNothingRan_IsRunAtTheStartAsPastDue()
    {
        FunctionDefinition function = Function.Timer("0 0 3 * * *", useMonitor: true) with { Name = "Monitored" };
        await StepOnceAsync(function);
        Assert.Empty(_functions.Calls);

        _clock.Advance(TimeSpan.FromDays(2));
        await StepOnceAsync(function);
        await StepOnceAsync(function);

        JsonElement data = Data(Assert.Single(_functions.Calls));
        Assert.True(data.GetProperty("IsPastDue").GetBoolean());
        Assert.Equal(
            new DateTime(2026, 11, 3, 3, 0, 0, DateTimeKind.Utc),
            data.GetProperty("ScheduleStatus").GetProperty("Next").GetDateTime());
    }

    [Fact]
    public async Task Step_TwoInstances_OneRunsTheTimerAndTheOtherTakesOver()
    {
        FunctionDefinition function = Function.Timer("0 * * * * *") with { Name = "Shared" };
        FakeFunctions others = new();
        TimerTrigger one = Timer(function);
        TimerTrigger two = new(function, others, Blobs, _clock, static _ => { });
        for (int minute = 0; minute < 3; minute++)
        {
            await one.StepAsync(Cancellation);
            await two.StepAsync(Cancellation);
            _clock.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(2, _functions.Calls.Count);
        Assert.Empty(others.Calls);

        await one.GiveUpAsync();
        await two.StepAsync(Cancellation);
        Assert.Single(others.Calls);
    }

    [Fact]
    public async Task Step_FunctionRunsForLongerThanTheLease_KeepsTheLease()
    {
        TaskCompletionSource done = new();
        _functions.Work = _ => done.Task;
        BlobClient blob = Blobs.GetBlobContainerClient(TimerLock.Container)
            .GetBlobClient($"locks/{TimerLock.HostId}/Host.Functions.Long.Listener");
        TimerTrigger timer = Timer(Function.Timer("0 * * * * *") with { Name = "Long" });
        await timer.StepAsync(Cancellation);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Task running = timer.StepAsync(Cancellation);

        // As if it had run out.
        await blob.GetBlobLeaseClient().BreakAsync(TimeSpan.Zero, cancellationToken: Cancellation);
        LeaseState state = LeaseState.Broken;
        for (int second = 0; second < 600 && state != LeaseState.Leased; second++)
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            state = (await blob.GetPropertiesAsync(cancellationToken: Cancellation)).Value.LeaseState;
        }

        Assert.Equal(LeaseState.Leased, state);
        Assert.False(running.IsCompleted);
        done.SetResult();
        await running;
    }

    private TimerTrigger Timer(FunctionDefinition function) => new(function, _functions, Blobs, _clock, static _ => { });

    private static JsonElement Data(Invocation call) => JsonSerializer.Deserialize<JsonElement>(call.Input.Data.Json);

    // An instance that comes, looks what there is to do, and goes.
    private async Task StepOnceAsync(FunctionDefinition function)
    {
        TimerTrigger timer = Timer(function);
        await timer.StepAsync(Cancellation);
        await timer.GiveUpAsync();
    }
}
