using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;
using CsCheck;

namespace Crowsnest.Core.Tests.Scoring;

public sealed class RiskInputsTests
{
    private static readonly Gen<float[]> AnyFeatures = Gen.Float[0, 60].Array[FeatureVector.Length];
    private static readonly AnomalyModel Shipped = ModelFile.Read(File.ReadAllBytes(RepositoryFiles.Model));

    [Fact]
    public void Compute_OneFeatureHigher_LowersNoInput() => Gen
        .Select(AnyFeatures, Gen.Int[0, FeatureVector.Length - 1], Gen.Float[0, 1000])
        .Sample((features, which, more) =>
        {
            float[] before = Inputs(features);
            features[which] += more;
            float[] after = Inputs(features);
            return before.Zip(after).All(static pair => pair.Second >= pair.First);
        });

    [Fact]
    public void Score_MoreSurprise_IsNeverLessRisk() => Gen.Select(AnyFeatures, Gen.Int[0, FeatureVector.Length - 1], Gen.Float[0, 1000])
        .Sample((features, which, more) =>
        {
            float before = AnomalyModel.LogOdds(Shipped.Risk, features, PrincipalClass.Human);
            features[which] += more;
            return AnomalyModel.LogOdds(Shipped.Risk, features, PrincipalClass.Human) >= before - 1e-4f;
        });

    [Theory]
    [InlineData(1e9f)]
    [InlineData(float.MaxValue)]
    [InlineData(float.PositiveInfinity)]
    public void Score_FarOut_IsANumber(float far)
    {
        float[] features = [.. Enumerable.Repeat(far, FeatureVector.Length)];

        float odds = AnomalyModel.LogOdds(Shipped.Risk, features, PrincipalClass.Human);

        Assert.True(float.IsFinite(odds));
        Assert.True(Shipped.Calibration.ExpectedPerDay(odds) > 0);
    }

    [Fact]
    public void Score_NothingNewThreeTimesAsSurprising_IsOdder()
    {
        // Blind to scale is what ML.NET's own anomaly score is.
        float[] little = [.. Enumerable.Repeat(4f, EventTraits.TermCount), .. new float[1 + EventTraits.NumberCount]];
        float[] much = [.. little.Select(static bits => 3 * bits)];

        Assert.True(
            AnomalyModel.LogOdds(Shipped.Risk, much, PrincipalClass.Human)
                > AnomalyModel.LogOdds(Shipped.Risk, little, PrincipalClass.Human) + 1);
    }

    [Fact]
    public void Attribute_AnyParts_AddUp() => AnyFeatures.Sample(features =>
    {
        float[] parts = Inputs(features);
        float[] shares = new float[FeatureVector.Length];
        RiskInputs.Attribute(parts, shares);
        return Math.Abs(parts.Sum() - shares.Sum()) < 1e-3 * parts.Sum();
    });

    [Fact]
    public void Score_OfAnEvent_AllocatesNothing()
    {
        EventTraits traits = new();
        using EventView view = new(new EventJson().ToEvent());
        Shipped.CreateReader().Read(view, traits);
        SurpriseMemo memo = new(Shipped.Profile);
        _ = Shipped.Score(traits, memo);

        long before = GC.GetAllocatedBytesForCurrentThread();
        _ = Shipped.Score(traits, memo);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static float[] Inputs(float[] features)
    {
        float[] inputs = new float[RiskInputs.Length];
        RiskInputs.Compute(features, inputs);
        return inputs;
    }
}
