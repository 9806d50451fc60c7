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

    [Fact]
    public void Add_RuleMatches_SaysOnWhichFields()
    {
        EventJson pod = new()
        {
            User = "jane@example.org",
            RequestObject = """{"spec":{"hostPID":true,"containers":[{"image":"a","securityContext":{"privileged":true}}]}}""",
        };

        string reason = ReasonOf(
            """
            s:
                verb: [create, update]
                podSpec.hostPID: 'true'
                podSpec.containers.securityContext.privileged: 'true'
                user.username|endswith: example.org
                objectRef.subresource: null
              other: {responseStatus.code|gte: 400}
              condition: s and not other
            """,
            pod);

        Assert.Equal(
            "Test: verb is create, user.username is jane@example.org, podSpec.hostPID is true, "
            + "podSpec.containers.securityContext.privileged is true, objectRef.subresource is absent",
            reason);
    }

    [Theory]
    [InlineData("s: {'requestObject.data.token|contains': planted}\n  condition: s", "Test: requestObject.data.token is present")]
    [InlineData("s: {'userAgent|contains': tool}\n  condition: s", "Test: userAgent is tool/1 token=[redacted]")]
    [InlineData("s: {objectRef.name: 'x*'}\n  condition: s", "Test: objectRef.name is xxxxxxxxxx")]
    [InlineData("a: {verb: create}\n  b: {verb: get}\n  condition: 1 of them", "Test: verb is create")]
    [InlineData("s: {verb|neq: get}\n  condition: s", "Test: verb is create")]
    [InlineData("s: [planted]\n  condition: s", "Test")]
    public void Add_RuleMatches_SaysNoSecretsAndNothingTwice(string detection, string expected)
    {
        EventJson secret = new()
        {
            Resource = "secrets",
            Name = new string('x', 200),
            UserAgent = "tool/1 token=planted",
            RequestObject = """{"data":{"token":"planted"}}""",
        };

        string reason = ReasonOf(detection, secret);

        Assert.StartsWith(expected, reason, StringComparison.Ordinal);
        Assert.InRange(reason.Length, expected.Length, 120);
        Assert.DoesNotContain("planted", reason, StringComparison.Ordinal);
    }

    private static string ReasonOf(string detection, EventJson json)
    {
        RuleSet rules = RuleSet.Load([("test.yml",
            "title: Test\nid: 00000000-0000-4000-8000-000000000001\nlogsource: {product: kubernetes, service: audit}\nlevel: high\n"
            + $"detection:\n  {detection}\n")]);
        Assert.Empty(rules.Errors);
        List<Detection> found = [];
        new Judge(rules, null, 10).Add(json.ToEvent(), new Evidence("raw", 1), found);
        return Assert.Single(Assert.Single(found).Reasons).Text;
    }

    private static List<Detection> Judge(double budget, EventJson json)
    {
        List<Detection> found = [];
        new Judge(RuleSet.Empty, Shipped, budget).Add(json.ToEvent(), new Evidence("raw", 1), found);
        return found;
    }
}
