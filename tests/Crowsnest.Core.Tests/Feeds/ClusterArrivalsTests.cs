using Crowsnest.Core.Detections;
using Crowsnest.Core.Feeds;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Intake;

namespace Crowsnest.Core.Tests.Feeds;

public sealed class ClusterArrivalsTests
{
    private const string Resource = "/SUBSCRIPTIONS/X/RESOURCEGROUPS/Y/PROVIDERS/MICROSOFT.CONTAINERSERVICE/MANAGEDCLUSTERS/PROD";

    private static readonly DateTimeOffset Start = new(2026, 11, 9, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Judge_FirstDeployment_TellsNone()
    {
        ClusterArrivals arrivals = new([], [], "default");

        Assert.Empty(arrivals.Judge([], Start).Faults);
        Assert.Empty(arrivals.Judge([Seen("a", 0), Seen("b", 0), Seen("c", 24)], Start.AddDays(1)).Faults);
    }

    [Fact]
    public void Judge_CameAfterTheFirstDay_IsToldOnce()
    {
        ClusterArrivals arrivals = new([], [], "default");
        SeenCluster[] clusters = [Seen("a", 0), Seen("b", 25)];

        (IReadOnlyList<FeedFault> faults, IReadOnlyList<string> told) = arrivals.Judge(clusters, Start.AddHours(25));

        Assert.Equal((FeedFaultKind.NewCluster, "b"), (Assert.Single(faults).Kind, faults[0].Cluster));
        Assert.Equal(["b"], told);
        Assert.Empty(arrivals.Judge([clusters[0], clusters[1] with { Told = Start.AddHours(25) }], Start.AddDays(400)).Faults);

        // Had it not been remembered, it would be the same detection.
        Assert.Equal(faults[0].ToDetection().Id, arrivals.Judge(clusters, Start.AddHours(30)).Faults[0].ToDetection().Id);
    }

    [Fact]
    public void Judge_WithAList_TellsWhatIsNotOnItFromTheBeginning()
    {
        string prod = ClusterName.FromResourceId(Resource);
        ClusterArrivals arrivals = new(["Staging", Resource.ToLowerInvariant()], ["posted"], "Unnamed");

        IReadOnlyList<FeedFault> faults = arrivals.Judge(
            [Seen("staging", 0), Seen(prod, 99), Seen("posted", 99), Seen("unnamed", 99), Seen("prod", 0)], Start.AddHours(99)).Faults;

        Assert.Equal("prod", Assert.Single(faults).Cluster);
        Assert.Contains("is not on the list", faults[0].What, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_HundredsOfNames_AreAHandfulOfIncidentsAndAllAreTold()
    {
        ClusterArrivals arrivals = new([], [], "default");
        Dictionary<string, SeenCluster> clusters = new() { ["a"] = Seen("a", 0) };
        List<Detection> detections = [];
        for (int hour = 30; hour < 40; hour++)
        {
            for (int i = 0; i < 50; i++)
            {
                clusters.Add($"made-up-{hour}-{i}", Seen($"made-up-{hour}-{i}", hour));
            }

            (IReadOnlyList<FeedFault> faults, IReadOnlyList<string> told) = arrivals.Judge(clusters.Values, Start.AddHours(hour));
            detections.AddRange(faults.Select(static fault => fault.ToDetection()));
            foreach (string one in told)
            {
                clusters[one] = clusters[one] with { Told = Start.AddHours(hour) };
            }
        }

        IReadOnlyList<Incident> incidents = IncidentBuilder.Group(detections);

        Assert.Equal(11, incidents.Count);
        Assert.Equal(11, incidents.Sum(static incident => NotificationState.Notices(incident).Count()));
        Assert.All(clusters.Values.Skip(1), static one => Assert.NotNull(one.Told));
    }

    [Fact]
    public void Fault_IsAnIncidentOfMediumSeverityThatIsToldAlone()
    {
        Detection detection = new ClusterArrivals(["a"], [], "default").Judge([Seen("b", 0)], Start).Faults[0].ToDetection();

        Incident incident = Assert.Single(IncidentBuilder.Group([detection]));

        Assert.Equal((Severity.Medium, "New cluster sends into the feed"), (incident.Severity, incident.Title));
        Assert.NotNull(incident.AlertFrom);
    }

    private static SeenCluster Seen(string name, int hours) => new(name, Start.AddHours(hours), null);
}
