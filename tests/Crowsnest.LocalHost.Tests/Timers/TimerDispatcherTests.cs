using System.Text.Json;
using Crowsnest.LocalHost.Configuration;
using Crowsnest.LocalHost.Invocation;
using Crowsnest.LocalHost.Timers;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.LocalHost.Tests.Timers;

public sealed class TimerDispatcherTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 2, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("0 0 3 * * *", "2026-11-03T03:00:00Z")]
    [InlineData("0 */5 * * * *", "2026-11-02T12:05:00Z")]
    [InlineData("30 0 0 1 * *", "2026-12-01T00:00:30Z")]
    public void NextAfter_SixFields_IsInUtc(string schedule, string expected)
    {
        using HandlerClient client = new(1, TimeSpan.FromSeconds(1));

        TimerDispatcher timer = new(Function(schedule), client, new FakeTimeProvider(Noon), static _ => { });

        Assert.Equal(DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture), timer.NextAfter(Noon));
    }

    [Theory]
    [InlineData("0 3 * * *")]
    [InlineData("often")]
    public void Create_NoSchedule_SaysSo(string schedule)
    {
        using HandlerClient client = new(1, TimeSpan.FromSeconds(1));

        LocalHostException fault = Assert.Throws<LocalHostException>(
            () => new TimerDispatcher(Function(schedule), client, new FakeTimeProvider(Noon), static _ => { }));

        Assert.Contains("six fields", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fire_Function_GetsWhatTheHostSends()
    {
        await using FakeHandler handler = await FakeHandler.StartAsync();
        using HandlerClient client = new(handler.Port, TimeSpan.FromSeconds(20));
        TimerDispatcher timer = new(Function("0 0 3 * * *"), client, new FakeTimeProvider(Noon), static _ => { });

        InvocationResult result = await timer.FireAsync(TestContext.Current.CancellationToken);

        Assert.True(result.Succeeded, result.Problem);
        JsonElement data = Assert.Single(handler.Bodies).GetProperty("Data").GetProperty("timer");
        Assert.False(data.GetProperty("IsPastDue").GetBoolean());
        Assert.StartsWith("2026-11-03T03:00:00", data.GetProperty("ScheduleStatus").GetProperty("Next").GetString(), StringComparison.Ordinal);
    }

    private static FunctionFile Function(string schedule) => new(
        "Retrain", "timerTrigger", JsonSerializer.SerializeToElement(new { name = "timer", schedule }), RetryPolicy.None);
}
