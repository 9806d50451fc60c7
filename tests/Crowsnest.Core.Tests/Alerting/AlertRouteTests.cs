using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Alerting;

public sealed class AlertRouteTests
{
    private static readonly QuietHours Night = QuietHours.Parse("22:00-07:00", "Europe/Berlin", Severity.High)!;

    [Fact]
    public void Takes_ByLevelClusterAndTactic()
    {
        AlertContent alert = SampleIncident.Alert() with { Severity = Severity.High };
        AlertRoute all = AlertRoute.Everything;

        Assert.True(all.Takes(alert));
        Assert.True((all with { LowestSeverity = Severity.High, Clusters = ["prod"], Tactics = ["persistence", "impact"] }).Takes(alert));
        Assert.False((all with { LowestSeverity = Severity.Critical }).Takes(alert));
        Assert.False((all with { Clusters = ["stage"] }).Takes(alert));
        Assert.False((all with { Tactics = ["impact"] }).Takes(alert));
    }

    [Theory]
    [InlineData("2026-11-02T20:30:00Z", 0)]
    [InlineData("2026-11-02T21:00:00Z", 9)]
    [InlineData("2026-11-03T05:00:00Z", 1)]
    [InlineData("2026-11-03T06:00:00Z", 0)]
    public void Wait_LesserAlert_LastsUntilMorning(string now, double hours) =>
        Assert.Equal(
            TimeSpan.FromHours(hours),
            Night.Wait(Severity.Medium, DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void Wait_GraveAlert_IsNone() =>
        Assert.Equal(TimeSpan.Zero, Night.Wait(Severity.High, new DateTimeOffset(2026, 11, 2, 23, 0, 0, TimeSpan.Zero)));

    // On 29 March 2026 the clocks go from 2 to 3 o'clock, on 25 October from 3 to 2.
    [Theory]
    [InlineData("2026-03-28T22:00:00Z", 7)]
    [InlineData("2026-10-24T22:00:00Z", 8)]
    public void Wait_ClocksAreChanged_EndsAtTheLocalHour(string now, double hours) =>
        Assert.Equal(
            TimeSpan.FromHours(hours),
            Night.Wait(Severity.Low, DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("22:00", "UTC")]
    [InlineData("22:00-22:00", "UTC")]
    [InlineData("22:00-07:00", "Nowhere/Land")]
    [InlineData("25:00-07:00", "UTC")]
    public void Parse_NoHours_GivesNothing(string hours, string zone) => Assert.Null(QuietHours.Parse(hours, zone, Severity.High));
}
