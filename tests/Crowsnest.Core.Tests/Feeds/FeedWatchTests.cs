using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Feeds;

public sealed class FeedWatchTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 9, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Judge_BusyFeedQuietForTwentyMinutes_IsSilent()
    {
        FeedFault fault = Assert.Single(Judge(Hours(Arrivals("kube-audit", days: 7, seconds: 30, end: Now.AddMinutes(-20)))));

        Assert.Equal(FeedFaultKind.Silence, fault.Kind);
        Assert.Contains("longest pause of a day is usually 30 seconds", fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_BusyFeedQuietForTenMinutes_IsWell() =>
        Assert.Empty(Judge(Hours(Arrivals("kube-audit", days: 7, seconds: 30, end: Now.AddMinutes(-10)))));

    // From 20:00 to 06:00 nobody works.
    [Theory]
    [InlineData(3, false)]
    [InlineData(30, true)]
    public void Judge_FeedThatSleepsAtNight_IsSilentOnlyBeyondItsNights(int hoursPastNightfall, bool isSilent)
    {
        DateTimeOffset nightfall = new(2026, 11, 9, 20, 0, 0, TimeSpan.Zero);
        var arrivals = Arrivals("kube-audit", days: 7, seconds: 60, end: nightfall)
            .Where(static arrival => arrival.Arrived.Hour is >= 6 and < 20);

        IReadOnlyList<FeedFault> faults = Judge(Hours(arrivals), nightfall.AddHours(hoursPastNightfall));

        Assert.Equal(isSilent, faults.Count == 1);
    }

    [Fact]
    public void Judge_OutageDaysAgo_DoesNotMakeOutagesUsual()
    {
        var arrivals = Arrivals("kube-audit", days: 7, seconds: 30, end: Now.AddMinutes(-20))
            .Where(static arrival => arrival.Arrived < Now.AddDays(-3) || arrival.Arrived > Now.AddDays(-3).AddHours(9));

        Assert.Equal(FeedFaultKind.Silence, Assert.Single(Judge(Hours(arrivals))).Kind);
    }

    [Theory]
    [InlineData(30, 0)]
    [InlineData(70, 1)]
    public void Judge_FeedKnownForAnHour_GetsMoreTime(int minutes, int faults) =>
        Assert.Equal(faults, Judge(Hours(Arrivals("audit", days: 1.0 / 24, seconds: 30, end: Now.AddMinutes(-minutes)))).Count);

    [Fact]
    public void Judge_OneCategoryStops_IsGoneWhileOthersCome()
    {
        var arrivals = Arrivals("kube-audit", days: 2, seconds: 30, end: Now)
            .Concat(Arrivals("guard", days: 1, seconds: 120, end: Now.AddHours(-2)));

        FeedFault fault = Assert.Single(Judge(Hours(arrivals)));

        Assert.Equal((FeedFaultKind.CategoryGone, "guard"), (fault.Kind, fault.Subject));
    }

    [Fact]
    public void WithBlind_KubeAuditGoneWhileAdminComes_NamesTheRulesOnReads()
    {
        FeedFault fault = new(FeedFaultKind.CategoryGone, "prod", "kube-audit", Now, "no records");

        FeedFault told = fault.WithBlind(SampleIncident.Rules.Rules, ["kube-audit-admin"]);
        Assert.Matches(@"no records; \d+ rules are blind without it: .* and \d+ more", told.What);
        Assert.Equal("no records", fault.WithBlind(SampleIncident.Rules.Rules, ["kube-audit", "kube-audit-admin"]).What);
        Assert.Equal("no records", (fault with { Kind = FeedFaultKind.Silence }).WithBlind(SampleIncident.Rules.Rules, []).What);
    }

    [Fact]
    public void Judge_AuditStopsWhileGuardGoesOn_IsSilence()
    {
        var arrivals = Arrivals("guard", days: 2, seconds: 30, end: Now)
            .Concat(Arrivals("kube-audit", days: 2, seconds: 30, end: Now.AddHours(-2)));

        Assert.Equal(FeedFaultKind.Silence, Assert.Single(Judge(Hours(arrivals))).Kind);
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(40, 1)]
    [InlineData(60 * 24 * 900, 0)]
    public void Judge_EventsLag_IsToldUnlessAHistoryIsPlayedBack(int minutes, int faults)
    {
        var arrivals = Arrivals("kube-audit", days: 1, seconds: 60, end: Now)
            .Select(arrival => arrival.Arrived > Now.AddMinutes(-50)
                ? arrival with { LatestEvent = arrival.Arrived.AddMinutes(-minutes) }
                : arrival);

        Assert.Equal(faults, Judge(Hours(arrivals), Now.AddSeconds(-1)).Count(static fault => fault.Kind == FeedFaultKind.Lag));
    }

    [Theory]
    [InlineData(0.05, 0)]
    [InlineData(0.5, 1)]
    public void Judge_MuchComesTwice_IsTold(double share, int faults)
    {
        List<FeedHour> hours =
        [
            .. Hours(Arrivals("kube-audit", days: 1, seconds: 60, end: Now))
                .Select(hour => hour with { Records = 10_000, Duplicates = (long)(share * 10_000) }),
        ];

        Assert.Equal(faults, Judge(hours).Count);
    }

    [Fact]
    public void ToDetection_SameFault_IsOneDetectionAndDeservesAnAlert()
    {
        List<FeedHour> hours = Hours(Arrivals("kube-audit", days: 7, seconds: 30, end: Now.AddMinutes(-20)));

        Detection first = Judge(hours)[0].ToDetection();
        Detection later = Judge(hours, Now.AddMinutes(5))[0].ToDetection();
        Incident incident = Assert.Single(IncidentBuilder.Group([first, later]));

        Assert.Equal(first.Id, later.Id);
        Assert.NotNull(incident.AlertFrom);
        Assert.Equal("Audit feed fell silent", incident.Title);
    }

    [Fact]
    public void ToDetection_OtherKinds_AreOtherIncidents()
    {
        Detection silence = new FeedFault(FeedFaultKind.Silence, "prod", "kube-audit", Now, "x").ToDetection();
        Detection canary = new FeedFault(FeedFaultKind.CanaryLost, "prod", "canary", Now, "x").ToDetection();

        Assert.Equal(2, IncidentBuilder.Group([silence, canary]).Count);
    }

    private static IReadOnlyList<FeedFault> Judge(IReadOnlyCollection<FeedHour> hours, DateTimeOffset? now = null) =>
        FeedWatch.Judge("prod", hours, now ?? Now);

    private static IEnumerable<(DateTimeOffset Arrived, IReadOnlyCollection<string> Categories, DateTimeOffset? LatestEvent)> Arrivals(
        string category, double days, int seconds, DateTimeOffset end)
    {
        for (DateTimeOffset at = end.AddDays(-days); at <= end; at = at.AddSeconds(seconds))
        {
            yield return (at, [category], at.AddSeconds(-20));
        }
    }

    private static List<FeedHour> Hours(
        IEnumerable<(DateTimeOffset Arrived, IReadOnlyCollection<string> Categories, DateTimeOffset? LatestEvent)> arrivals) =>
        [.. arrivals
            .GroupBy(static arrival => new DateTimeOffset(arrival.Arrived.UtcDateTime.Date.AddHours(arrival.Arrived.Hour), TimeSpan.Zero))
            .Select(static hour => FeedHour.Of(hour.Key, hour, 100, 0, 0))];
}
