using Crowsnest.Core.Features;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;

namespace Crowsnest.Learning.Tests;

/// <summary>A model as it judges a cluster that it was not trained on.</summary>
public sealed class PriorTests
{
    private static readonly AnomalyModel Model = SmallCluster.Train(SmallCluster.Week());

    [Fact]
    public void AsPrior_NamesOfAnotherCluster_SayNothing()
    {
        AnomalyModel prior = Model.AsPrior();
        EventJson known = new()
        {
            User = "user1@example.org",
            Verb = "get",
            Namespace = "pay",
            Code = 200,
            Time = SmallCluster.Monday.AddDays(7).AddHours(9),
        };
        EventJson elsewhere = known with { Namespace = "other", SourceIPs = ["203.0.113.66"] };

        Assert.True(SmallCluster.Score(Model, elsewhere).LogOdds > SmallCluster.Score(Model, known).LogOdds + 1);
        Assert.Equal(SmallCluster.Score(prior, known), SmallCluster.Score(prior, elsewhere));
        Assert.Equal(SmallCluster.Score(prior, known), SmallCluster.Score(prior, elsewhere with { User = "who@example.net" }));
        Assert.True(prior.Activity.IsEmpty);
        Assert.Same(prior, prior.AsPrior());
    }

    [Fact]
    public void AsPrior_WhatNobodyOfTheClassDoes_IsOdder()
    {
        AnomalyModel prior = Model.AsPrior();

        Assert.True(
            SmallCluster.Score(prior, SmallCluster.Odd).LogOdds
            > SmallCluster.Score(prior, SmallCluster.Odd with { Verb = "get", Resource = "pods", RequestObject = null }).LogOdds);
        EventTraits traits = SmallCluster.Read(prior, SmallCluster.Odd);
        Assert.False(traits.Terms[(int)TraitName.Principal].IsPresent);
        Assert.True(traits.Terms[(int)TraitName.ActionOfPeers].IsPresent);
    }

    [Fact]
    public void Acquaintance_ManyAccountsThatItDoesNotKnow_IsAStranger()
    {
        Acquaintance own = new(Model);
        Acquaintance other = new(Model);
        Acquaintance few = new(Model);
        for (int i = 0; i < 12; i++)
        {
            own.Meet(new EventJson { User = $"user{i}@example.org" }.ToEvent());
            other.Meet(new EventJson { User = $"someone{i}@example.net" }.ToEvent());
        }

        few.Meet(new EventJson { User = "mallory@example.net" }.ToEvent());

        Assert.Equal((false, true, false), (own.IsStranger, other.IsStranger, few.IsStranger));
    }
}
