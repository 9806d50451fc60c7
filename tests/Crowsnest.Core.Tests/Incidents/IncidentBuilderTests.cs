using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Incidents;

public sealed class IncidentBuilderTests
{
    [Fact]
    public void Group_AnyOrder_GivesTheSameIncidents()
    {
        Detection[] detections =
        [
            Some.Detection("a", minute: 1, Severity.Low, tactic: "discovery"),
            Some.Detection("b", minute: 2, Severity.High, tactic: "credential-access"),
            Some.Detection("c", minute: 3, Severity.Medium, tactic: "persistence"),
            Some.Detection("d", minute: 4, Severity.High, principal: "joe@example.org"),
        ];

        IReadOnlyList<Incident> forwards = IncidentBuilder.Group(detections);
        IReadOnlyList<Incident> backwards = IncidentBuilder.Group(detections.Reverse().Concat(detections));

        Assert.Equal(2, forwards.Count);
        Assert.Equivalent(forwards, backwards, strict: true);
    }

    [Fact]
    public void Build_ThreeTactics_IsWorseThanItsWorstDetection()
    {
        Incident incident = Assert.Single(IncidentBuilder.Group(
        [
            Some.Detection("a", 1, Severity.High, "discovery"),
            Some.Detection("b", 2, Severity.Medium, "credential-access"),
            Some.Detection("c", 3, Severity.Medium, "persistence"),
        ]));

        Assert.Equal(Severity.Critical, incident.Severity);
        Assert.Equal(["discovery", "credential-access", "persistence"], incident.Tactics);
    }

    [Fact]
    public void Alert_OneLowRule_PagesNobody()
    {
        Incident incident = Assert.Single(IncidentBuilder.Group([Some.Detection("a", 1, Severity.Low)]));

        Assert.Null(Alert.For(incident).FirstOrDefault());
    }

    [Fact]
    public void Alert_TwoMediumRulesOfDifferentTactics_Deserve()
    {
        Incident incident = Assert.Single(IncidentBuilder.Group(
            [Some.Detection("a", 1, Severity.Medium, "discovery"), Some.Detection("b", 5, Severity.Medium, "persistence")]));

        Alert? alert = Alert.For(incident).FirstOrDefault();

        Assert.Equal(incident.To, alert?.Time);
        Assert.Equal(["a", "b"], alert!.DetectionIds);
    }

    [Fact]
    public void Alert_SomewhatOddEvent_PagesOnlyTogetherWithARule()
    {
        Detection odd = Some.Detection("a", 1, Severity.Low) with { Source = DetectionSource.Model };
        Incident alone = Assert.Single(IncidentBuilder.Group([odd]));
        Incident both = Assert.Single(IncidentBuilder.Group([odd, Some.Detection("b", 5, Severity.Low)]));

        Assert.Null(Alert.For(alone).FirstOrDefault());
        Assert.Equal(both.To, Alert.For(both).FirstOrDefault()?.Time);
        Assert.Equal(Severity.Medium, both.Severity);
    }

    [Theory]
    [InlineData(0.9, Severity.Low, false)]
    [InlineData(1.1, Severity.Low, true)]
    [InlineData(0.4, Severity.Medium, true)]
    public void Alert_LowRule_TakesAnEventOdderThanOnceADay(double days, Severity rule, bool pages)
    {
        Detection odd = Some.Detection("a", 1, Severity.Low) with { Source = DetectionSource.Model, Score = Math.Log(days) };

        Assert.Equal(pages, Alert.For(Assert.Single(IncidentBuilder.Group([odd, Some.Detection("b", 5, rule)]))).Any());
    }

    // Everybody looks around, and who was refused got nothing. A deed among it pages.
    [Theory]
    [InlineData("discovery", "discovery", false, false)]
    [InlineData("discovery", "credential-access", true, false)]
    [InlineData("discovery", "credential-access", false, true)]
    [InlineData("persistence", "discovery", false, true)]
    public void Alert_LookingAroundAndRefusals_PageNobodyByThemselves(string odd, string rule, bool isRefused, bool pages)
    {
        Incident incident = Assert.Single(IncidentBuilder.Group(
        [
            Some.Detection("a", 1, Severity.Low, odd) with { Source = DetectionSource.Model, Score = 0.5 },
            Some.Detection("b", 5, Severity.Low, rule) with { IsRefused = isRefused },
        ]));

        Assert.Equal(pages, Alert.For(incident).Any());
    }

    // A client whose token ran out comes again and again, and asks for nothing else.
    [Theory]
    [InlineData("system:anonymous", "discovery", true)]
    [InlineData("system:anonymous", "credential-access", false)]
    [InlineData("jane@example.org", "discovery", false)]
    public void Alert_SurgeOfAStranger_IsCorroboratedByWhatItAskedFor(string principal, string asked, bool pages)
    {
        Incident incident = Assert.Single(IncidentBuilder.Group(
        [
            Some.Detection("a", 1, Severity.Low, asked, principal) with { IsRefused = true },
            Some.Detection("b", 5, Severity.Medium, "credential-access", principal) with { Source = DetectionSource.Correlation },
        ]));

        Assert.Equal(pages, Alert.For(incident).Any());
    }

    [Theory]
    [InlineData("new@example.org", Severity.Low, false)]
    [InlineData("new@example.org", Severity.Medium, true)]
    [InlineData("system:anonymous", Severity.Low, true)]
    public void Alert_SomebodyNew_DoesNotCorroborateALowRuleUnlessNobodyLetThemIn(string principal, Severity rule, bool pages)
    {
        Detection odd = Some.Detection("a", 1, Severity.Low, principal: principal) with
        {
            Source = DetectionSource.Model,
            Reasons = [new("rarity", "once in 0.4 days", 0), new("Principal", "never seen", 0.9)],
        };

        Incident incident = Assert.Single(IncidentBuilder.Group([odd, Some.Detection("b", 5, rule, principal: principal)]));

        Assert.Equal(pages, Alert.For(incident).FirstOrDefault() is not null);
    }

    [Fact]
    public void Alert_VeryOddEvent_PagesAlone()
    {
        Incident incident = Assert.Single(IncidentBuilder.Group(
            [Some.Detection("a", 1, Severity.Medium) with { Source = DetectionSource.Model }]));

        Assert.Equal(incident.From, Alert.For(incident).FirstOrDefault()?.Time);
    }

    [Fact]
    public void Group_AnonymousFromTwoNetworks_AreTwoActors()
    {
        IReadOnlyList<Incident> incidents = IncidentBuilder.Group(
        [
            Some.Detection("a", 1, Severity.High, principal: "system:anonymous", sourceIp: "203.0.113.9"),
            Some.Detection("b", 1, Severity.High, principal: "system:anonymous", sourceIp: "203.0.113.77"),
            Some.Detection("c", 1, Severity.High, principal: "system:anonymous", sourceIp: "192.0.2.1"),
        ]);

        Assert.Equal(2, incidents.Count);
    }
}
