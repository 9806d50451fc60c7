using Crowsnest.Cli.Sending;
using Microsoft.Extensions.Time.Testing;

namespace Crowsnest.Cli.Tests.Sending;

public sealed class PaceTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 9, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _clock = new();

    [Fact]
    public void Wait_Rate_SpreadsEventsEvenly()
    {
        Pace pace = new(rate: 50, speed: null, _clock);

        Assert.Equal(TimeSpan.Zero, pace.Wait(0, Start));
        Assert.Equal(TimeSpan.FromSeconds(2), pace.Wait(100, Start));
        _clock.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), pace.Wait(100, Start.AddHours(9)));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, pace.Wait(100, Start));
    }

    [Fact]
    public void Wait_Speed_KeepsThePausesOfTheRecording()
    {
        Pace pace = new(rate: null, speed: 60, _clock);

        Assert.Equal(TimeSpan.Zero, pace.Wait(0, Start));
        Assert.Equal(TimeSpan.FromSeconds(10), pace.Wait(1, Start.AddMinutes(10)));
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal(TimeSpan.FromSeconds(6), pace.Wait(1, Start.AddMinutes(10)));
        Assert.Equal(TimeSpan.Zero, pace.Wait(2, Start.AddMinutes(-10)));
    }

    [Fact]
    public void Wait_Neither_NeverWaits() => Assert.Equal(TimeSpan.Zero, new Pace(null, null, _clock).Wait(1_000_000, Start.AddYears(1)));
}
