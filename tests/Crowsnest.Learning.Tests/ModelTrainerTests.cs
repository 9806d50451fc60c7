using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;
using static Crowsnest.Learning.Tests.SmallCluster;

namespace Crowsnest.Learning.Tests;

public sealed class ModelTrainerTests
{
    [Fact]
    [Trait("Category", "Slow")]
    public void Train_SameEvents_GivesTheSameBytesInAnyOrder()
    {
        // The second of each pair says nothing new of its hour.
        List<AuditEvent> week = [.. Week(), .. Week().Select((audit, i) => new EventJson
        {
            AuditId = $"again-{i}",
            User = audit.User.Username,
            Verb = audit.Verb,
            Resource = audit.ObjectRef.Resource,
            Namespace = audit.ObjectRef.Namespace,
            Name = audit.ObjectRef.Name,
            Code = audit.ResponseCode,
            SourceIPs = [.. audit.SourceIPs],
            UserAgent = audit.UserAgent,
            Time = audit.Time.AddMinutes(20),
        }.ToEvent())];

        byte[] forwards = ModelFile.Write(Train(week));
        week.Reverse();
        byte[] backwards = ModelFile.Write(Train(week));

        Assert.Equal(forwards, backwards);
    }

    [Fact]
    public void Score_UsualAndUnusual_AreFarApart()
    {
        AnomalyModel model = Train(Week());

        AnomalyScore usual = Score(model, new EventJson
        {
            User = "user0@example.org",
            Verb = "list",
            Name = "",
            Code = 200,
            SourceIPs = ["198.51.0.7"],
            Time = Monday.AddDays(7).AddHours(9),
        });
        AnomalyScore odd = Score(model, Odd);

        Assert.True(usual.ExpectedPerDay > 1, $"usual: {usual}");
        Assert.True(odd.ExpectedPerDay < 0.2, $"odd: {odd}");
        Assert.True(odd.LogOdds > usual.LogOdds + 3, $"{odd} against {usual}");
    }

    [Fact]
    public void Score_EventLikeNothingSeen_IsANumber()
    {
        // ML.NET's own anomaly score is NaN far out, and NaN is below every threshold.
        AnomalyScore score = Score(Train(Week()), Odd);

        Assert.False(float.IsNaN(score.LogOdds));
        Assert.False(double.IsNaN(score.ExpectedPerDay));
    }

    [Fact]
    public void Contributions_OddEvent_NameWhatIsOdd()
    {
        AnomalyModel model = Train(Week());

        List<string> names =
        [
            .. model.Contributions(Read(model, Odd), new SurpriseMemo(model.Profile)).Take(8)
                .Select(static part => FeatureVector.Names[part.Feature]),
        ];

        Assert.Contains(nameof(TraitName.Network), names);
    }

    [Fact]
    public void Add_AlertedAndDeniedEvents_AreNotLearned()
    {
        List<AuditEvent> week = Week();
        AnomalyModel clean = Train(week);
        TrainingSet set = new(Options.HashKey);
        week.ForEach(audit => set.Add(audit, alerted: false));
        for (int hour = 0; hour < 72; hour++)
        {
            EventJson attack = Odd with { AuditId = $"alerted-{hour}", Time = Monday.AddHours(hour) };
            set.Add(attack.ToEvent(), alerted: true);
            set.Add((attack with { AuditId = $"denied-{hour}", Code = 403 }).ToEvent(), alerted: false);
        }

        AnomalyModel poisoned = ModelTrainer.Train(set, Options, TestContext.Current.CancellationToken);

        // Denials are counted, but apart: what all keys of the clean profile say is unchanged.
        Assert.All(clean.Profile.Values, pair => Assert.Equal(pair.Value, poisoned.Profile.Values[pair.Key]));
        Assert.All(clean.Profile.Contexts, pair => Assert.Equal(pair.Value, poisoned.Profile.Contexts[pair.Key]));
        float[] before = Vector(clean, Odd);
        float[] after = Vector(poisoned, Odd);
        Assert.Equal(before, after);
    }

    [Fact]
    public void Score_DeniedAgainAndAgain_IsLessOddThanDoneForTheFirstTime()
    {
        List<AuditEvent> week = Week();
        EventJson tried = Odd with { SourceIPs = ["198.51.1.7"], UserAgent = "kubectl/v1.35.0", Code = 403 };
        for (int day = 0; day < 7; day++)
        {
            week.Add((tried with { AuditId = $"tried-{day}", Time = Monday.AddDays(day).AddHours(10) }).ToEvent());
        }

        AnomalyModel model = Train(week);

        float again = Score(model, tried with { Time = Monday.AddDays(7).AddHours(10) }).LogOdds;
        float done = Score(model, tried with { Time = Monday.AddDays(7).AddHours(10), Code = 201 }).LogOdds;
        Assert.True(done > again + 1, $"done {done}, denied again {again}");
    }

    [Theory]
    [InlineData(1, false, 0)]
    [InlineData(2, false, 48)]
    [InlineData(3, true, 0)]
    [InlineData(4, true, 96)]
    public void Train_UnnoticedAttack_IsNotNormalBeforeItsSecondDayAndItsFourthIfSensitive(int days, bool isSensitive, int hoursLearned)
    {
        List<AuditEvent> week = Week();
        EventJson attack = isSensitive ? Odd : Odd with { Resource = "ingresses", Namespace = "shop", RequestObject = null };
        for (int hour = 0; hour < 24 * days; hour++)
        {
            week.Add((attack with { AuditId = $"unnoticed-{hour}", Time = Monday.AddHours(hour) }).ToEvent());
        }

        AnomalyModel model = Train(week);

        Term action = Read(model, attack).Terms[(int)TraitName.Action];
        Assert.Equal(hoursLearned, model.Profile.HoursWith(action.Principal, action.Value));
    }

    [Fact]
    public void Train_TooFewHours_SaysSo()
    {
        TrainingSet set = new(Options.HashKey);
        set.Add(new EventJson().ToEvent(), alerted: false);

        TrainingException fault = Assert.Throws<TrainingException>(
            () => ModelTrainer.Train(set, Options, TestContext.Current.CancellationToken));

        Assert.Contains("1 distinct hours are too few", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_DamagedArtefact_SaysSo()
    {
        byte[] artefact = ModelFile.Write(Train(Week()));

        Assert.Throws<InvalidDataException>(() => ModelFile.Read(artefact[..(artefact.Length / 2)]));
        Assert.Throws<InvalidDataException>(() => ModelFile.Read("no model"u8.ToArray()));
    }

    [Fact]
    public void Read_ShippedModel_IsOfThisVersionAndHoldsNoNames()
    {
        byte[] artefact = File.ReadAllBytes(RepositoryFiles.Model);

        AnomalyModel model = ModelFile.Read(artefact);

        Assert.Equal(FeatureVector.Names, model.Info.Features);
        Assert.True(model.Info.Events > 100_000);
        using MemoryStream plain = new();
        using (System.IO.Compression.GZipStream zip = new(new MemoryStream(artefact), System.IO.Compression.CompressionMode.Decompress))
        {
            zip.CopyTo(plain);
        }

        string text = System.Text.Encoding.Latin1.GetString(plain.ToArray());
        Assert.DoesNotContain("system:", text, StringComparison.Ordinal);
        Assert.DoesNotContain(".com", text, StringComparison.Ordinal);
    }
}
