using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Incidents;

/// <summary>What of an incident that goes on is told, and when.</summary>
public sealed class NotificationStateTests
{
    private static readonly Detection First = At("a", 0, Severity.High);

    [Fact]
    public void Alerts_MoreOfTheSameTactic_IsToldADayLater()
    {
        Detection[] more =
        [
            .. Enumerable.Range(1, 10).Select(i => At($"b{i}", i / 10.0, Severity.High) with { OnWhat = $"secrets s{i} in shop" }),
        ];

        List<Alert> alerts = Alerts([First, .. more]);

        Assert.Equal([First.Time, First.Time + NotificationState.LongestRest], alerts.Select(static alert => alert.Time));
        Assert.Equal(11, alerts[1].DetectionIds.Count);
    }

    [Fact]
    public void Alerts_AnotherTactic_IsToldAfterTheShortestRest()
    {
        Detection other = At("b", 0.1, Severity.High) with { OnWhat = "events (all) in shop", Tactics = ["defense-evasion"] };

        Assert.Equal(
            [First.Time, First.Time + NotificationState.ShortestRest], Alerts([First, other]).Select(static alert => alert.Time));
    }

    [Fact]
    public void Alerts_TheSameFromAnotherNetwork_IsToldAfterTheShortestRest()
    {
        Detection elsewhere = At("b", 0.1, Severity.High) with { Rule = First.Rule, SourceIp = "203.0.113.9" };
        Detection neighbour = At("c", 0.1, Severity.High) with { Rule = First.Rule, SourceIp = "198.51.100.200" };

        Assert.Equal(
            [First.Time, First.Time + NotificationState.ShortestRest], Alerts([First, elsewhere]).Select(static alert => alert.Time));
        Assert.Single(Alerts([First, neighbour]));
    }

    // What an earlier version stored says nothing of networks.
    [Fact]
    public void DueAt_ToldWithoutNetworks_TellsNothingAgain()
    {
        Incident incident = Assert.Single(IncidentBuilder.Group([First]));
        NotificationState told = NotificationState.Nothing.With(incident, First.Time);
        NotificationState before = told with { Points = new HashSet<long>(told.Points.Take(1).Append(told.Points.Last())) };

        Assert.Null(told.DueAt(incident));
        Assert.Null(before.DueAt(incident));
    }

    [Fact]
    public void Alerts_LesserThingsThatCorroborateEachOther_AreToldADayLater()
    {
        Detection[] lesser =
        [
            At("b", 0.2, Severity.Medium) with { OnWhat = "roles x in shop", Tactics = ["persistence"] },
            At("c", 0.4, Severity.Medium) with { OnWhat = "pods y in shop", Tactics = ["execution"] },
        ];

        Assert.Equal(
            [First.Time, First.Time + NotificationState.LongestRest],
            Alerts([First, .. lesser]).Select(static alert => alert.Time));
    }

    [Fact]
    public void Alerts_HigherSeverityAndSomebodyElse_NeverWait()
    {
        Detection opening = First with { Opens = ["system:serviceaccount:shop:backdoor"] };
        Detection use = At("b", 0.2, Severity.High) with { Principal = "system:serviceaccount:shop:backdoor" };
        Detection worse = At("c", 0.4, Severity.Critical);

        Assert.Equal(
            [opening.Time, use.Time, worse.Time], Alerts([opening, use, worse]).Select(static alert => alert.Time));
    }

    private static List<Alert> Alerts(IEnumerable<Detection> detections) =>
        [.. Alert.For(Assert.Single(IncidentBuilder.Group(detections)))];

    private static Detection At(string id, double hours, Severity severity) =>
        Some.Detection(id, 0, severity) with { Time = Some.Detection("x").Time.AddHours(hours) };
}
