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
    [InlineData("system:serviceaccount:kube-system:some-agent", 10)]
    [InlineData("jane@example.org", 1)]
    public void Add_Platform_NeedsATenthOfTheBudget(string user, double factor)
    {
        EventJson odd = new() { User = user, Verb = "delete", Resource = "jobs", Code = 200 };
        using EventView view = new(odd.ToEvent());
        EventTraits traits = new();
        Shipped.CreateReader().Read(view, traits);
        double expected = Shipped.Score(traits, new SurpriseMemo(Shipped.Profile)).ExpectedPerDay;

        Assert.Empty(Judge(expected * factor * 0.99, odd));
        Assert.Single(Judge(expected * factor * 1.01, odd));
    }

    private static List<Detection> Judge(double budget, EventJson json)
    {
        List<Detection> found = [];
        new Judge(RuleSet.Empty, Shipped, budget).Add(json.ToEvent(), new Evidence("raw", 1), found);
        return found;
    }
}
