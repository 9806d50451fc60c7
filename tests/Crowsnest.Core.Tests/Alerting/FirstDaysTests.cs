using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Alerting;

/// <summary>What of a cluster's first days is told together, and what at once.</summary>
public sealed class FirstDaysTests
{
    private const string Backdoor = "system:serviceaccount:shop:backdoor";

    private static readonly DateTimeOffset Start = Some.Detection("x").Time;
    private static readonly FirstDays Days = new(Start, Start.AddDays(3));

    [Fact]
    public void For_WorkOfTheFirstDay_IsTwoAlertsThatHoldAllOfIt()
    {
        Detection[] morning = [.. Enumerable.Range(0, 9).Select(i => At($"m{i}", i / 2.0, principal: $"user-{i % 3}"))];
        Detection[] evening = [.. Enumerable.Range(0, 9).Select(i => At($"e{i}", 12 + i, principal: $"user-{i}"))];

        List<Alert> alerts = Alerts([.. morning, .. evening]);

        Assert.Equal([Start.AddHours(8), Start.AddDays(1)], alerts.Select(static alert => alert.Time));
        Assert.Equal(morning.Select(static d => d.Id).Order(), alerts[0].DetectionIds.Order());
        Assert.Superset(evening.Select(static d => d.Id).ToHashSet(), alerts[1].DetectionIds.ToHashSet());
        Assert.StartsWith("First days of prod: 3 incidents: ", alerts[0].Title, StringComparison.Ordinal);
        Assert.Equal([1, 2], alerts.Select(static alert => alert.Revision));
        Assert.Single(alerts.Select(static alert => alert.IncidentId).Distinct());
    }

    [Fact]
    public void For_CriticalFinding_IsToldAtOnceAndAlone()
    {
        Detection work = At("a", 1, principal: "jane@example.org");
        Detection critical = At("b", 2, Severity.Critical, "mallory@example.org");

        List<Alert> alerts = Alerts([work, critical]);

        Assert.Equal([critical.Time, Start.AddHours(8)], alerts.Select(static alert => alert.Time).Order());
        Assert.Equal(["b"], alerts.Single(static alert => alert.Severity == Severity.Critical).DetectionIds);
    }

    [Fact]
    public void For_IncidentThatGoesFurtherThanItMayWait_IsToldAtOnceWhenItDoes()
    {
        Detection opening = At("a", 1) with { Opens = [Backdoor] };
        Detection use = At("b", 2, principal: Backdoor);
        Detection worse = At("c", 4, Severity.Critical);

        Assert.Equal([Start.AddHours(8), use.Time], Alerts([opening, use]).Select(static alert => alert.Time).OrderDescending());
        Assert.Equal([worse.Time, Start.AddHours(8)], Alerts([At("d", 1), worse]).Select(static alert => alert.Time).Order());
    }

    [Fact]
    public void For_WhatComesAfterwards_IsToldAsUsual()
    {
        Detection[] later = [At("a", 72, principal: "jane@example.org"), At("b", 72, principal: "joe@example.org")];

        Assert.Equal([later[0].Time, later[1].Time], Alerts(later).Select(static alert => alert.Time));
    }

    [Fact]
    public void For_TwoClusters_OnlyTheNewOneWaits()
    {
        Detection known = At("a", 1) with { Cluster = "known" };

        List<Alert> alerts = Alerts([At("b", 1), known]);

        Assert.Equal(known.Time, alerts.Single(static alert => alert.Cluster == "known").Time);
        Assert.Equal(Start.AddHours(8), alerts.Single(static alert => alert.Cluster == "prod").Time);
    }

    [Fact]
    public void For_NoNewCluster_IsWhatEachIncidentGives()
    {
        IReadOnlyList<Incident> incidents = IncidentBuilder.Group(
            [At("a", 1), At("b", 30), At("c", 2, Severity.Critical, "mallory@example.org")]);

        Assert.Equal(
            incidents.SelectMany(static incident => Alert.For(incident)).Select(static alert => alert.Id),
            FirstDaysAlert.For(incidents, new Dictionary<string, FirstDays>()).Select(static alert => alert.Id));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(7.9, 1)]
    [InlineData(8, 2)]
    [InlineData(23.9, 2)]
    [InlineData(24, 3)]
    [InlineData(48, 4)]
    public void PartOf_Time_LiesBetweenItsStartAndEnd(double hours, int part)
    {
        Assert.Equal(part, Days.PartOf(Start.AddHours(hours)));
        Assert.True(Start.AddHours(hours) < Days.EndOf(part));
        Assert.True(hours < 0 || Start.AddHours(hours) >= Days.StartOf(part));
    }

    private static List<Alert> Alerts(IEnumerable<Detection> detections) =>
        [.. FirstDaysAlert.For(IncidentBuilder.Group(detections), new Dictionary<string, FirstDays> { ["prod"] = Days })];

    private static Detection At(string id, double hours, Severity severity = Severity.High, string principal = "jane@example.org") =>
        Some.Detection(id, 0, severity, principal: principal) with { Time = Start.AddHours(hours), OnWhat = $"secrets {id} in shop" };
}
