using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Rules;

namespace Crowsnest.Core.Tests.Feeds;

public sealed class UnreadWatchTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 9, 12, 0, 30, TimeSpan.Zero);
    private static readonly UnreadWatch Watch = new(0.2, 50);

    // A feed of 100 records a minute, read for the most part of an hour.
    [Theory]
    [InlineData(1, 100, true)]
    [InlineData(1, 40, false)]
    [InlineData(2, 40, true)]
    [InlineData(10, 10, false)]
    [InlineData(10, 30, true)]
    [InlineData(60, 19, false)]
    [InlineData(60, 21, true)]
    public void Judge_UnreadableForSomeMinutes_IsAFaultAboveTheShareAndTheFloor(int minutes, int unreadOfHundred, bool isFault)
    {
        List<FeedPulse> pulses =
            [.. Minutes(60).Select(i => i < minutes ? Pulse(i, 100 - unreadOfHundred, unreadOfHundred) : Pulse(i, 100, 0))];

        Assert.Equal(isFault, Watch.Judge(pulses, Now, null) is not null);
    }

    [Theory]
    [InlineData(0, 49, false)]
    [InlineData(0, 50, true)]
    [InlineData(150, 50, true)]
    [InlineData(200, 50, false)]
    public void Judge_Handful_IsNoFault(int audit, int unread, bool isFault) =>
        Assert.Equal(isFault, Watch.Judge([Pulse(0, audit, unread)], Now, null) is not null);

    [Fact]
    public void Judge_BeganAMinuteAgo_SaysSinceWhenAndGivesAnExample()
    {
        List<FeedPulse> pulses = [.. Minutes(60).Select(static i => i < 2 ? Pulse(i, 0, 100) : Pulse(i, 100, 0))];

        UnreadSpell spell = Watch.Judge(pulses, Now, null)!;

        Assert.Equal(Now.AddMinutes(-1), spell.Since);
        Assert.Equal("100 % of 200 records since 2026-11-09 11:59:30 UTC can't be read; for example 12 bytes, not JSON: hello", spell.What);
    }

    [Fact]
    public void Judge_Lasts_IsOneFaultUntilItHasBeenReadForAnHour()
    {
        UnreadSpell first = Watch.Judge([Pulse(0, 0, 100)], Now, null)!;

        // Read again for 40 minutes, then not, then for good.
        UnreadSpell second = Watch.Judge([Pulse(-40, 0, 100)], Now.AddMinutes(40), Watch.Judge([], Now.AddMinutes(39), first))!;
        UnreadSpell still = Watch.Judge([], Now.AddMinutes(99), second)!;
        UnreadSpell over = Watch.Judge([], Now.AddMinutes(101), still)!;

        Assert.Equal(
            UnreadWatch.FaultOf("prod", first).ToDetection().Id, UnreadWatch.FaultOf("prod", second).ToDetection().Id);
        Assert.Equal((false, false, true), (second.IsOver, still.IsOver, over.IsOver));
        Assert.Equal(first.Since, over.Since);
        Assert.EndsWith("the last was at 2026-11-09 12:40:30 UTC, the feed has been read since", over.What, StringComparison.Ordinal);
        Assert.Equal(over, Watch.Judge([], Now.AddMinutes(106), over));

        // Another one later is another.
        Assert.Equal(Now.AddDays(2), Watch.Judge([Pulse(-2 * 24 * 60, 0, 100)], Now.AddDays(2), over)!.Since);
    }

    [Fact]
    public void Fault_AsIncident_IsToldOnceAndNotAgainWhenItIsOver()
    {
        UnreadSpell spell = Watch.Judge([Pulse(0, 0, 100)], Now, null)!;
        Detection detection = UnreadWatch.FaultOf("prod", spell).ToDetection();
        Incident incident = Assert.Single(IncidentBuilder.Group([detection]));
        NotificationState told = NotificationState.Nothing.With(incident, incident.AlertFrom!.Value);

        Detection over = UnreadWatch.FaultOf("prod", Watch.Judge([], Now.AddHours(2), spell)!).ToDetection();

        Assert.Equal((Severity.High, "Audit feed can't be read"), (incident.Severity, incident.Title));
        Assert.Equal(detection.Id, over.Id);
        Assert.NotEqual(detection.What, over.What);
        Assert.Null(told.DueAt(Assert.Single(IncidentBuilder.Group([over]))));
    }

    private static IEnumerable<int> Minutes(int count) => Enumerable.Range(0, count);

    private static FeedPulse Pulse(int minutesAgo, long audit, long unread) =>
        new([], null, Now.AddMinutes(-minutesAgo), new CaptureFacts())
        {
            Unread = new FeedUnread(audit, unread, unread > 0 ? "12 bytes, not JSON: hello" : ""),
        };
}
