using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;
using Crowsnest.Testing;

namespace Crowsnest.Learning.Tests;

public sealed class ModelTrainerTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly TrainingOptions Options = new();

    [Fact]
    public void Train_SameEvents_GivesTheSameBytesInAnyOrder()
    {
        List<AuditEvent> week = Week();

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
        Assert.True(odd.Residual > 10 * usual.Residual);
    }

    [Fact]
    public void Score_EventLikeNothingSeen_IsANumber()
    {
        // The relative residual of ML.NET is NaN far out, and NaN is below every threshold.
        AnomalyScore score = Score(Train(Week()), Odd);

        Assert.False(float.IsNaN(score.Residual));
        Assert.False(double.IsNaN(score.ExpectedPerDay));
    }

    [Fact]
    public void Contributions_OddEvent_NameWhatIsOdd()
    {
        AnomalyModel model = Train(Week());

        List<string> names = [.. model.Contributions(Read(model, Odd), new SurpriseMemo(model.Profile)).Take(8).Select(static part => FeatureVector.Names[part.Feature])];

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

        Assert.Equal(
            clean.Profile.Values.OrderBy(static pair => pair.Key),
            poisoned.Profile.Values.OrderBy(static pair => pair.Key));
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 48)]
    public void Train_UnnoticedAttack_IsNotNormalBeforeItsSecondDay(int days, int hoursLearned)
    {
        List<AuditEvent> week = Week();
        for (int hour = 0; hour < 24 * days; hour++)
        {
            week.Add((Odd with { AuditId = $"unnoticed-{hour}", Time = Monday.AddHours(hour) }).ToEvent());
        }

        AnomalyModel model = Train(week);

        Term action = Read(model, Odd).Terms[(int)TraitName.Action];
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

    private static EventJson Odd => new()
    {
        User = "user1@example.org",
        Verb = "create",
        Resource = "clusterrolebindings",
        Namespace = "",
        SourceIPs = ["203.0.113.66"],
        UserAgent = "python-requests/2.31.0",
        RequestObject = """{"roleRef":{"name":"cluster-admin"},"subjects":[{"name":"x"}]}""",
        Time = Monday.AddDays(7).AddHours(3),
    };

    // Twelve people and a controller who do the same things every day, each from a network of their own.
    private static List<AuditEvent> Week()
    {
        List<AuditEvent> events = [];
        for (int hour = 0; hour < 7 * 24; hour++)
        {
            DateTimeOffset time = Monday.AddHours(hour);
            events.Add(new EventJson
            {
                AuditId = $"c-{hour}",
                User = "system:serviceaccount:kube-system:some-controller",
                Verb = "update",
                Resource = "leases",
                Namespace = "kube-system",
                SourceIPs = ["10.0.0.4"],
                UserAgent = "controller/v1.0.0",
                Time = time,
            }.ToEvent());
            for (int user = 0; user < 12 && time.Hour is >= 8 and < 18; user++)
            {
                string[] verbs = ["get", "list", "watch"];
                events.Add(new EventJson
                {
                    AuditId = $"u-{hour}-{user}",
                    User = $"user{user}@example.org",
                    Verb = verbs[(hour + user) % verbs.Length],
                    Resource = (hour + user) % 5 == 0 ? "configmaps" : "pods",
                    Namespace = user % 2 == 0 ? "shop" : "pay",
                    Name = "",
                    Code = 200,
                    SourceIPs = [$"198.51.{user}.7"],
                    Time = time.AddMinutes(user),
                }.ToEvent());
            }
        }

        return events;
    }

    private static AnomalyModel Train(List<AuditEvent> events)
    {
        TrainingSet set = new(Options.HashKey);
        events.ForEach(audit => set.Add(audit, alerted: false));
        return ModelTrainer.Train(set, Options, TestContext.Current.CancellationToken);
    }

    private static AnomalyScore Score(AnomalyModel model, EventJson json) => model.Score(Read(model, json), new SurpriseMemo(model.Profile));

    private static EventTraits Read(AnomalyModel model, EventJson json)
    {
        EventTraits traits = new();
        using EventView view = new(json.ToEvent());
        model.CreateReader().Read(view, traits);
        return traits;
    }
}
