using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Alerting;

public sealed class SuppressionTests
{
    private static readonly Detection Found = Some.Detection("a");

    private static Suppression All { get; } = new()
    {
        Cluster = Found.Cluster,
        Rule = Found.Rule.Id,
        Principal = Found.Principal,
        Source = "198.51.100.0/24",
        Target = "pods/exec * in shop",
        Reason = "meant",
        Author = "jane",
        Created = Found.Time,
        Until = Found.Time.AddDays(1),
    };

    [Fact]
    public void Hides_AllFieldsAgree_IsTrue() => Assert.True(All.Hides(Found));

    [Fact]
    public void Hides_AnyFieldDiffers_IsFalse()
    {
        Assert.False((All with { Cluster = "stage" }).Hides(Found));
        Assert.False((All with { Rule = "rule-b" }).Hides(Found));
        Assert.False((All with { Principal = "jane" }).Hides(Found));
        Assert.False((All with { Source = "198.51.101.0/24" }).Hides(Found));
        Assert.False((All with { Target = "pods/exec * in bank" }).Hides(Found));
        Assert.False((All with { Until = Found.Time.AddSeconds(-1) }).Hides(Found));
        Assert.False(All.Hides(Found with { SourceIp = "" }));
    }

    [Fact]
    public void Hides_AnyCluster_IsTrue() => Assert.True((All with { Cluster = Suppression.AllClusters }).Hides(Found));

    // Whoever chose the name may have chosen a star.
    [Theory]
    [InlineData("*")]
    [InlineData("a?c")]
    [InlineData("a\\*c")]
    public void Literally_NameWithWildcards_MeansThatNameOnly(string name)
    {
        Suppression suppression = All with { Principal = Suppression.Literally(name) };

        Assert.True(suppression.Hides(Found with { Principal = name }));
        Assert.False(suppression.Hides(Found with { Principal = "abc" }));
        Assert.False(suppression.Hides(Found));
    }

    [Fact]
    public void Apply_OneOfTwoFindingsIsHidden_LeavesTheOther()
    {
        Incident incident = IncidentBuilder.Group([Found, Some.Detection("b", 5, Severity.Critical)])[0];

        (Incident? left, IReadOnlyList<Suppression> used) = Suppression.Apply(incident, [All]);

        Assert.Equal("b", Assert.Single(left!.Detections).Id);
        Assert.Equal(incident.Id, left.Id);
        Assert.Equal(Severity.Critical, left.Severity);
        Assert.Equal(All, Assert.Single(used));
    }

    [Fact]
    public void Apply_NothingIsHidden_IsTheSameIncident()
    {
        Incident incident = IncidentBuilder.Group([Found])[0];

        Assert.Same(incident, Suppression.Apply(incident, [All with { Rule = "other" }]).Left);
    }

    [Fact]
    public void Problem_OnlyNarrowReasonedOnes_AreRight()
    {
        Assert.Null(All.Problem());
        Assert.Contains(
            "everything",
            (All with { Rule = "", Principal = "", Source = "", Target = "" }).Problem()!,
            StringComparison.Ordinal);
        Assert.NotNull((All with { Reason = " " }).Problem());
        Assert.NotNull((All with { Author = "" }).Problem());
        Assert.NotNull((All with { Until = All.Created }).Problem());
        Assert.NotNull((All with { Source = "the office" }).Problem());
    }
}
