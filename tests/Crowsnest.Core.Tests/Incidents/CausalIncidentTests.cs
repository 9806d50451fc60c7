using Crowsnest.Core.Alerting;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;
using CsCheck;

namespace Crowsnest.Core.Tests.Incidents;

/// <summary>What hangs together, over actors and days.</summary>
public sealed class CausalIncidentTests
{
    private const string Backdoor = "system:serviceaccount:kube-system:backup";

    [Fact]
    public void Group_AccountThatWasMadeAndUsed_IsOneIncidentWithALink()
    {
        Incident incident = Assert.Single(IncidentBuilder.Group(
        [
            Some.Detection("make", 0, Severity.Low, "persistence") with { Opens = [Backdoor] },
            Some.Detection("use", 30, Severity.High, "credential-access", Backdoor, "203.0.113.9"),
        ]));

        CausalLink link = Assert.Single(incident.Links);
        Assert.Equal(("jane@example.org", Backdoor, Backdoor), (link.From, link.To, link.Through));
        Assert.Equal("jane@example.org", incident.Actor);
        Assert.Equal(["persistence", "credential-access"], incident.Phases.Select(static phase => phase.Tactic));
    }

    [Theory]
    [InlineData("used before it was made", -30, Severity.High)]
    [InlineData("too long ago", 60 * 24 * 8, Severity.High)]
    [InlineData("two small things", 30, Severity.Low)]
    public void Group_NoCause_StaysApart(string why, int minutes, Severity severity)
    {
        Detection made = Some.Detection("make", 0, Severity.Low, "persistence") with { Opens = [Backdoor] };
        Detection used = Some.Detection("use", 0, severity, "credential-access", Backdoor);
        used = used with { Time = used.Time.AddMinutes(minutes) };

        Assert.True(IncidentBuilder.Group([made, used]).Count == 2, why);
    }

    [Fact]
    public void Group_PodThatWasEnteredAndItsToken_AreOneIncident() => Assert.Single(IncidentBuilder.Group(
    [
        Some.Detection("exec", 0, Severity.Medium) with { Opens = ["pod:shop/web-1"] },
        Some.Detection("token", 5, Severity.Medium, principal: "system:serviceaccount:shop:web", sourceIp: "203.0.113.9") with
        {
            Uses = ["pod:shop/web-1"],
        },
    ]));

    [Fact]
    public void Group_TwoActorsBehindOneAddress_AreTwoIncidents() => Assert.Equal(2, IncidentBuilder.Group(
    [
        Some.Detection("a", 0, Severity.Critical, sourceIp: "198.51.100.1"),
        Some.Detection("b", 1, Severity.Critical, principal: "joe@example.org", sourceIp: "198.51.100.1"),
    ]).Count);

    [Fact]
    public void Group_ActorWhoChangesAddressAndClient_IsOneIncident()
    {
        Incident incident = Assert.Single(IncidentBuilder.Group(
        [
            Some.Detection("a", 0, Severity.Medium, sourceIp: "198.51.100.1") with { UserAgent = "kubectl/v1.35.0" },
            Some.Detection("b", 40, Severity.High, sourceIp: "2001:db8::9") with { UserAgent = "python-requests/2.31.0" },
        ]));

        Assert.Equal(["198.51.100.1", "2001:db8::9"], incident.Sources);
    }

    [Fact]
    public void Group_OverMidnight_IsOneIncidentAndAfterADaysRestAnother()
    {
        Detection evening = At("a", 0, Severity.High);

        Assert.Single(IncidentBuilder.Group([evening, At("b", 20, Severity.High)]));
        Assert.Equal(2, IncidentBuilder.Group([evening, At("b", 25, Severity.High)]).Count);
        Assert.Equal(2, IncidentBuilder.Group([evening, At("b", 25, Severity.Low)]).Count);
        Assert.Single(IncidentBuilder.Group([evening, At("b", 20, Severity.Low), At("c", 23, Severity.High)]));
    }

    // The start is found without reading everything, so that an incident which never ends can't grow without bounds.
    [Fact]
    public void Group_WhatGoesOnForMonths_IsCutAtTheSameDaysHoweverMuchIsKnown()
    {
        List<Detection> all = [.. Enumerable.Range(0, 24 * 100).Select(static hour => At($"d{hour:D4}", hour, Severity.High))];

        IReadOnlyList<Incident> whole = IncidentBuilder.Group(all);
        IReadOnlyList<Incident> late = IncidentBuilder.Group(all.Skip(24 * (Episode.MostDays + 5)));

        Assert.All(whole, static incident => Assert.True(incident.To - incident.From <= TimeSpan.FromDays(Episode.MostDays)));
        Assert.Equal(whole[^1].Id, late[^1].Id);
        Assert.Equal(whole[^1].Detections.Count, late[^1].Detections.Count);
    }

    [Fact]
    public void Group_AnyOrderAndRepetition_GivesTheSame()
    {
        string[] names = ["jane@example.org", "joe@example.org", Backdoor, "system:anonymous"];
        var any = Gen.Select(Gen.Int[0, 3], Gen.Int[0, 60 * 72], Gen.Int[1, 4], Gen.Int[0, 9]);
        Gen<Detection> detection = any.Select((who, minute, severity, opens) =>
            Some.Detection($"{who}-{minute}-{severity}", 0, (Severity)severity, principal: names[who]) with
            {
                Time = Some.Detection("x").Time.AddMinutes(minute),
                Opens = opens < names.Length ? [names[opens]] : [],
            });
        Gen.Select(detection.Array[1, 40], Gen.Int[0, 1000]).Sample((some, seed) =>
        {
            Random random = new(seed);
            Detection[] distinct = [.. some.DistinctBy(static d => d.Id)];
            Detection[] mixed = [.. distinct.Concat(distinct.Take(5)).OrderBy(_ => random.Next())];
            return Shape(IncidentBuilder.Group(distinct)) == Shape(IncidentBuilder.Group(mixed));
        });
    }

    [Fact]
    public void Alerts_SameAgain_IsToldOnceAndACriticalStepAtOnce()
    {
        Detection[] habit =
        [
            .. Enumerable.Range(0, 30)
                .Select(static i => At($"h{i:D2}", i / 2.0, Severity.High) with { Rule = new("rule", "Rule", "1") }),
        ];
        Detection step = At("step", 0.3, Severity.Critical) with { Tactics = ["impact"], OnWhat = "namespaces shop (cluster-wide)" };

        Assert.Single(Alert.For(Assert.Single(IncidentBuilder.Group(habit))));
        List<Alert> alerts = [.. Alert.For(Assert.Single(IncidentBuilder.Group([.. habit, step])))];
        Assert.Equal([1, 2], alerts.Select(static alert => alert.Revision));
        Assert.Equal(step.Time, alerts[1].Time);
        Assert.Single(alerts.Select(static alert => alert.IncidentId).Distinct());
        Assert.Contains("step", alerts[1].DetectionIds);
        Assert.DoesNotContain("step", alerts[0].DetectionIds);
    }

    [Fact]
    public void Alerts_WhatGoesOn_RestsTwiceAsLongEachTime()
    {
        List<Alert> alerts =
        [
            .. Alert.For(Assert.Single(IncidentBuilder.Group(
                Enumerable.Range(0, 6 * 100).Select(static i => At($"b{i:D3}", i / 6.0, Severity.High) with
                {
                    OnWhat = $"secrets s{i} in shop",
                    Tactics = [$"tactic-{i}"],
                })))),
        ];

        // The first comes alone, and the second is worse: three tactics are an attack under way.
        Assert.Equal([2, 4, 8, 16, 24, 24, 24], Gaps(alerts).Skip(1).Select(static gap => Math.Floor(gap.TotalHours)));
        Assert.True(Gaps(alerts).First() < NotificationState.ShortestRest);
    }

    [Fact]
    public void Alerts_SomebodyElseWhoJoins_IsToldAtOnce()
    {
        Detection opening = At("a", 0, Severity.High) with { Opens = [Backdoor] };
        Detection use = At("b", 0.2, Severity.High) with { Principal = Backdoor };

        List<Alert> alerts = [.. Alert.For(Assert.Single(IncidentBuilder.Group([opening, use])))];

        Assert.Equal([opening.Time, use.Time], alerts.Select(static alert => alert.Time));
    }

    [Fact]
    public void Alerts_CorroborationOfDifferentDays_DoNotAddUp()
    {
        Detection[] apart =
        [
            At("a", 0, Severity.Medium) with { Tactics = ["discovery"] },
            At("m", 20, Severity.Medium) with { Tactics = ["discovery"] },
            At("b", 40, Severity.Medium) with { Tactics = ["discovery"] },
        ];
        Detection impact = At("c", 41, Severity.Medium) with { Tactics = ["impact"] };

        Assert.Empty(Alert.For(Assert.Single(IncidentBuilder.Group(apart))));
        Assert.Single(Alert.For(Assert.Single(IncidentBuilder.Group([.. apart, impact]))));
    }

    [Fact]
    public void Phases_OfARealChain_AreInOrder()
    {
        Incident incident = Assert.Single(IncidentBuilder.Group(
        [
            At("a", 0, Severity.Medium) with { Tactics = ["discovery"] },
            At("b", 0.5, Severity.Medium) with { Tactics = ["credential-access"] },
            At("c", 0.6, Severity.Medium) with { Tactics = ["discovery"] },
            At("d", 3, Severity.High) with { Tactics = ["privilege-escalation", "persistence"] },
            At("e", 8, Severity.High) with { Tactics = ["discovery"] },
        ]));

        Assert.Equal(
            ["discovery", "credential-access", "privilege-escalation", "persistence", "discovery"],
            incident.Phases.Select(static phase => phase.Tactic));
        Assert.Equal(Actor.Of("jane@example.org", ""), incident.Actor);
    }

    private static Detection At(string id, double hours, Severity severity)
    {
        Detection detection = Some.Detection(id, 0, severity);
        return detection with
        {
            Time = new DateTimeOffset(2026, 11, 2, 20, 0, 0, TimeSpan.Zero).AddHours(hours),
            Rule = new("rule", "Rule", "1"),
        };
    }

    private static IEnumerable<TimeSpan> Gaps(List<Alert> alerts) => alerts.Zip(alerts.Skip(1), static (one, next) => next.Time - one.Time);

    private static string Shape(IReadOnlyList<Incident> incidents) => string.Join('\n', incidents.Select(static incident =>
        $"{incident.Id} {incident.Title} {incident.Severity} {incident.From:O} {incident.AlertFrom:O} "
        + $"{string.Join(',', incident.Detections.Select(static d => d.Id))} "
        + $"{string.Join(',', incident.Links)} {string.Join(',', incident.Parts.Select(static part => part.Id))} "
        + string.Join(',', Alert.For(incident).Select(static alert => $"{alert.Id} {alert.Time:O} {alert.DetectionIds.Count}"))));
}
