using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Features;
using Crowsnest.Core.Incidents;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;

namespace Crowsnest.Core.Tests.Judging;

public sealed class ExcusesTests
{
    private const string Sre = "RBAC: allowed by ClusterRoleBinding \"sre\" of ClusterRole \"sre\" to Group \"sre\"";

    private static readonly DateTimeOffset Start = new(2026, 11, 2, 10, 0, 0, TimeSpan.Zero);
    private static readonly RuleSet Rules = RuleSet.Load(RepositoryFiles.RuleFiles);
    private static readonly AnomalyModel Shipped = ModelFile.Read(File.ReadAllBytes(RepositoryFiles.Model));

    private static readonly EventJson Listing = new()
    {
        Verb = "list",
        RequestUri = "/api/v1/secrets",
        Resource = "secrets",
        Namespace = "",
        Name = "",
        Code = 200,
        AllowedBy = Sre,
    };

    private static readonly EventJson OfArgo = Listing with
    {
        User = "system:serviceaccount:argocd:argocd-application-controller",
        UserAgent = "argocd-application-controller/v2.13.0 (linux/amd64) kubernetes/$Format",
        SourceIPs = ["10.1.2.3"],
        AllowedBy = "",
    };

    [Theory]
    [InlineData(7, 3, true)]
    [InlineData(7, 2, false)]
    [InlineData(12, 3, false)]
    [InlineData(12, 4, true)]
    public void Habit_OfAThirdOfTheDaysOnWhichOneIsThere_IsALevelLowerAndNoEvidence(int there, int doing, bool isHabit)
    {
        Detection found = Find(Listing, Past(Days(there, day => day < doing ? Listing : Reading)));

        Assert.Equal(isHabit ? Severity.Medium : Severity.High, found.Severity);
        Assert.Equal(!isHabit, found.IsEvidence);
        Assert.Equal(!isHabit, Alert.For(Assert.Single(IncidentBuilder.Group([found]))).Any());
    }

    [Fact]
    public void Habit_FromANetworkWhereNobodySawTheAccount_IsEvidence()
    {
        Detection found = Find(Listing with { SourceIPs = ["203.0.113.9"] }, Past(Days(7, static _ => Listing)));
        Detection odd = Some.Detection("odd", 0, Severity.Low) with
        {
            Cluster = found.Cluster,
            Source = DetectionSource.Model,
            Time = found.Time,
            Score = -0.5,
        };

        Assert.Equal(Severity.Medium, found.Severity);
        Assert.True(found.IsEvidence);
        Assert.NotEmpty(Alert.For(Assert.Single(IncidentBuilder.Group([found, odd]))));
    }

    [Theory]
    [InlineData(2, Sre, true)]
    [InlineData(1, Sre, false)]
    [InlineData(2, "RBAC: allowed by ClusterRoleBinding \"all\" of ClusterRole \"all\" to Group \"system:authenticated\"", false)]
    [InlineData(2, "RBAC: allowed by ClusterRoleBinding \"joe\" of ClusterRole \"sre\" to User \"joe\"", false)]
    public void Habit_OfTwoWhoHoldTheSameGrantOfAGroup_IsTheTeams(int colleagues, string grant, bool isTeams)
    {
        EventJson theirs = Listing with { AllowedBy = grant };
        Judged past = Past(Enumerable.Range(0, colleagues).SelectMany(i => Days(7, _ => theirs with { User = $"colleague-{i}" })));

        Assert.Equal(!isTeams, Find(theirs with { User = "joe" }, past).IsEvidence);
        Assert.True(Find(theirs with { User = "joe", AllowedBy = grant + " of another" }, past).IsEvidence);
    }

    // Strangers of one network are as many as want to be: what one did every day excuses no other.
    [Fact]
    public void Habit_OfWhoeverDidNotAuthenticate_IsNobodys()
    {
        EventJson stranger = Listing with { User = "system:anonymous", Groups = ["system:unauthenticated"] };

        Assert.True(Find(stranger, Past(Days(7, _ => stranger))).IsEvidence);
    }

    [Fact]
    public void Operator_ByDesignWithItsOwnClient_IsLowAndNoEvidence()
    {
        Detection found = Find(OfArgo, null);

        Assert.Equal(Severity.Low, found.Severity);
        Assert.False(found.IsEvidence);
        Assert.Contains(found.Reasons, static reason => reason.Text.StartsWith("Argo CD does this by design", StringComparison.Ordinal));
    }

    [Fact]
    public void Operator_WhoseAccountWasTaken_IsJudgedInFull()
    {
        Judged past = Past(Days(7, static _ => OfArgo with { Verb = "get", Resource = "pods", Name = "web", Namespace = "shop" }));

        Assert.Equal(Severity.Low, Find(OfArgo, past).Severity);
        Assert.Equal(Severity.High, Find(OfArgo with { UserAgent = "kubectl/v1.35.0" }, past).Severity);
        Assert.Equal(Severity.High, Find(OfArgo with { SourceIPs = ["203.0.113.9"] }, past).Severity);
        Assert.Equal(Severity.High, Find(OfArgo with { User = "system:serviceaccount:shop:argocd-application-controller" }, past).Severity);
        Assert.True(Find(
            OfArgo with { Verb = "create", Resource = "pods", Subresource = "exec", Namespace = "shop", Name = "web", Code = 101 }, past)
            .IsEvidence);
    }

    [Fact]
    public void Operator_WhatIsGraverThanItsDesign_IsJudgedInFull()
    {
        EventJson grant = OfArgo with
        {
            Verb = "create",
            Resource = "clusterrolebindings",
            ApiGroup = "rbac.authorization.k8s.io",
            Code = 201,
            RequestUri = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            RequestObject = """
                {"roleRef":{"kind":"ClusterRole","name":"cluster-admin"},"subjects":[{"kind":"User","name":"mallory"}]}
                """,
        };

        Assert.Contains(FindAll(grant, null), static found => found.Severity == Severity.High && found.IsEvidence);
    }

    [Fact]
    public void Newcomer_ToAModelOfOtherDays_IsNoEvidence()
    {
        EventJson odd = new() { User = "somebody", Verb = "list", Resource = "pods", Name = "", Code = 200, Time = Start };

        Detection later = FindAll(odd, new Judged(Shipped, 1e6)).Single(static d => d.Source == DetectionSource.Model);
        Detection then = FindAll(odd with { Time = Shipped.Info.To.AddDays(1) }, new Judged(Shipped, 1e6))
            .Single(static d => d.Source == DetectionSource.Model);

        Assert.Equal("Unusual principal", later.Rule.Title);
        Assert.False(later.IsEvidence);
        Assert.True(then.IsEvidence);
    }

    private static EventJson Reading => Listing with { Verb = "get", Resource = "pods", Name = "web", Namespace = "shop" };

    private static IEnumerable<EventJson> Days(int count, Func<int, EventJson> one) =>
        Enumerable.Range(0, count).Select(day => one(day) with { AuditId = Guid.NewGuid().ToString(), Time = Start.AddDays(day - 20) });

    private static Judged Past(IEnumerable<EventJson> events)
    {
        ActivityTally activity = new(Rules);
        ProfileBuilder builder = new();
        TraitReader reader = new(new TraitHasher([.. Shipped.HashKey]));
        EventTraits traits = new();
        foreach (EventJson json in events)
        {
            using EventView view = new(json.ToEvent());
            activity.Add(view);
            reader.Read(view, traits);
            builder.Add(traits);
        }

        ModelInfo info = new(Start.AddDays(-20), Start, 1, 1, FeatureVector.Names);
        return new Judged(
            new AnomalyModel(info, [.. Shipped.HashKey], builder.Build(), Shipped.Risk, Shipped.Calibration)
            {
                Activity = activity.ToHistory(),
            },
            1e-6);
    }

    private static Detection Find(EventJson json, Judged? past) =>
        FindAll(json, past).Where(static found => found.Source == DetectionSource.Rule).MaxBy(static found => found.Severity)!;

    private static List<Detection> FindAll(EventJson json, Judged? past)
    {
        List<Detection> found = [];
        new Judge(Rules, past?.Model, past?.Budget ?? 1).Add(json.ToEvent(), new Evidence("test", 1), found);
        return found;
    }

    private sealed record Judged(AnomalyModel Model, double Budget);
}
