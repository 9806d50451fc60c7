using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Features;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Judging;

public sealed class JudgeTests
{
    private static readonly AnomalyModel Shipped = ModelFile.Read(File.ReadAllBytes(RepositoryFiles.Model));

    [Theory]
    [InlineData("system:serviceaccount:kube-system:some-agent")]
    [InlineData("jane@example.org")]
    public void Add_AsOddAsTheBudgetAllows_IsDetected(string user)
    {
        EventJson odd = new() { User = user, Verb = "delete", Resource = "jobs", Code = 200 };
        using EventView view = new(odd.ToEvent());
        EventTraits traits = new();
        Shipped.CreateReader().Read(view, traits);
        double expected = Shipped.Score(traits, new SurpriseMemo(Shipped.Profile)).ExpectedPerDay;

        Assert.Empty(Judge(expected * 0.99, odd));
        Assert.Single(Judge(expected * 1.01, odd));
    }

    [Theory]
    [InlineData(PrincipalClass.Node)]
    [InlineData(PrincipalClass.SystemComponent)]
    [InlineData(PrincipalClass.SystemServiceAccount)]
    public void LogOdds_Platform_NeedsTenTimesTheOdds(PrincipalClass platform)
    {
        float[] features = [.. Enumerable.Repeat(8f, FeatureVector.Length)];

        float human = AnomalyModel.LogOdds(Shipped.Risk, features, PrincipalClass.Human);

        Assert.Equal(10, Math.Exp(human - AnomalyModel.LogOdds(Shipped.Risk, features, platform)), 0.01);
    }

    private static List<Detection> Judge(double budget, EventJson json)
    {
        List<Detection> found = [];
        new Judge(RuleSet.Empty, Shipped, budget).Add(json.ToEvent(), new Evidence("raw", 1), found);
        return found;
    }
}
