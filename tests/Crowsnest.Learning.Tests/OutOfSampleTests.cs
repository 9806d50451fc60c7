using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Scoring;
using static Crowsnest.Learning.Tests.SmallCluster;

namespace Crowsnest.Learning.Tests;

[Trait("Category", "Slow")]
public sealed class OutOfSampleTests
{
    [Fact]
    public void Vectors_OfTheTraining_AreAsOddAsTomorrowsAndNotAsTheProfileHasLearnedThem()
    {
        // Every day somebody does something for the first time, on two days in a row so that it is learned.
        List<AuditEvent> week = Week();
        for (int day = 0; day < 7; day++)
        {
            for (int again = 0; again < 2; again++)
            {
                week.Add((Odd with
                {
                    AuditId = $"new-{day}-{again}",
                    Resource = "ingresses",
                    Namespace = $"new-{day}",
                    RequestObject = null,
                    Time = Monday.AddDays(day).AddHours(9 + (again * 24)),
                }).ToEvent());
            }
        }

        TrainingSet set = new(Options.HashKey);
        week.ForEach(audit => set.Add(audit, alerted: false));
        OutOfSample sample = OutOfSample.Of(set, Options);
        SurpriseMemo inSample = new(sample.WholeProfile());
        double biased = 0;
        double measured = 0;
        float[] vector = new float[FeatureVector.Length];
        for (int i = 0; i < sample.Rows.Count; i++)
        {
            FeatureVector.Compute(inSample, sample.Rows[i].Traits, vector);
            biased += vector[(int)TraitName.Namespace];
            measured += sample.Vectors[i][(int)TraitName.Namespace];
        }

        Assert.True(measured > 1.2 * biased, $"{measured} bits measured, {biased} in sample");
    }

    [Fact]
    public void Merge_SetsOfEveryHour_TrainTheSameModel()
    {
        List<AuditEvent> week = Week();
        TrainingSet merged = new(Options.HashKey);
        foreach (IGrouping<long, AuditEvent> hour in week.GroupBy(static audit => audit.Time.ToUnixTimeSeconds() / 3600).Reverse())
        {
            TrainingSet one = new(Options.HashKey);
            foreach (AuditEvent audit in hour)
            {
                one.Add(audit, alerted: false);
            }

            merged.Merge(one);
        }

        byte[] artefact = ModelFile.Write(ModelTrainer.Train(merged, Options, TestContext.Current.CancellationToken));

        Assert.Equal(ModelFile.Write(Train(week)), artefact);
    }
}
