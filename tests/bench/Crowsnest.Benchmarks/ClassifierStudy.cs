using System.Globalization;
using Crowsnest.Azure.Files;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Intake;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning;
using Crowsnest.Learning.Contrast;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;
using Microsoft.ML.Trainers.FastTree;
using Microsoft.ML.Trainers.LightGbm;

namespace Crowsnest.Benchmarks;

/// <summary>
/// Compares classifiers for the contrast on benign history alone. Each technique is left out of the catalogue in turn, put
/// into principals' names in place, and counted when it lies above the threshold of ten alerts a day; and a threshold set on
/// all days but the last two is held against those two.
/// </summary>
internal static class ClassifierStudy
{
    private const double Budget = 10;
    private const int PerAction = 200;
    private const int DaysHeldBack = 2;

    private static readonly TrainingOptions Options = new();

    private delegate Func<float[], double> Fitting(OutOfSample sample, float[][] foreign, TrainingOptions options);

    internal static async Task RunAsync(string history)
    {
        List<string> techniques =
            [.. SensitiveAction.All.Select(static action => action.Technique).Distinct().Order(StringComparer.Ordinal)];
        OutOfSample whole = OutOfSample.Of(await ReadAsync(history, DateTimeOffset.MaxValue), Options);
        DateTimeOffset last = whole.Rows[^1].Traits.Time;
        DateTimeOffset split = new(last.UtcDateTime.AddTicks(-1).Date.AddDays(1 - DaysHeldBack), TimeSpan.Zero);
        OutOfSample early = OutOfSample.Of(await ReadAsync(history, split), Options);
        EventTraits[] late = [.. whole.Rows.Select(static row => row.Traits).Where(traits => traits.Time >= split)];
        (string Name, Fitting Fit)[] classifiers =
        [
            ("logistic regression, weights not negative", Logistic),
            ("LightGbm", (sample, foreign, options) => Trees(sample, foreign, options, static context =>
                context.BinaryClassification.Trainers.LightGbm(new LightGbmBinaryTrainer.Options
                {
                    FeatureColumnName = nameof(Row.Features),
                    LabelColumnName = nameof(Row.IsContrast),
                    ExampleWeightColumnName = nameof(Row.Weight),
                    Deterministic = true,
                    NumberOfThreads = 1,
                }))),
            ("FastTree", (sample, foreign, options) => Trees(sample, foreign, options, static context =>
                context.BinaryClassification.Trainers.FastTree(new FastTreeBinaryTrainer.Options
                {
                    FeatureColumnName = nameof(Row.Features),
                    LabelColumnName = nameof(Row.IsContrast),
                    ExampleWeightColumnName = nameof(Row.Weight),
                    NumberOfThreads = 1,
                }))),
        ];
        Console.WriteLine($"{"classifier",-44}{"left-out techniques found",28}{"worst",8}{"false/day blind, budget 10",30}");
        foreach ((string name, Fitting fit) in classifiers)
        {
            List<(string Technique, double Found)> found = [.. techniques.Select(technique => (technique, Found(whole, fit, technique)))];
            (string worst, double least) = found.MinBy(static pair => pair.Found);
            Func<float[], double> score = fit(early, RiskFit.Foreign(early, Options), Options);
            double threshold = Threshold(early.Rows.Select(static row => row.Traits), early.Vectors, score, Budget);
            int alerts = Maxima(late, early.Measure(late), score).Count(max => max > threshold);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{name,-44}{found.Average(static pair => pair.Found),28:P1}{least,8:P0} ({worst}){(double)alerts / DaysHeldBack,16:0.0}"));
        }
    }

    private static double Found(OutOfSample sample, Fitting fit, string technique)
    {
        TrainingOptions options = Options with
        {
            SensitiveActions = [.. SensitiveAction.All.Where(action => action.Technique != technique)],
        };
        Func<float[], double> score = fit(sample, RiskFit.Foreign(sample, options), options);
        double threshold = Threshold(sample.Rows.Select(static row => row.Traits), sample.Vectors, score, Budget);
        ContrastSet contrast = new(
            sample.Rows.Select(static row => row.Traits).Where(static traits => !traits.PrincipalClass.IsPlatform()),
            Options.HashKey,
            seed: 99);
        SensitiveAction[] leftOut = [.. SensitiveAction.All.Where(action => action.Technique == technique)];
        return sample.Measure([.. contrast.AttacksInPlace(leftOut, PerAction)]).Average(vector => score(vector) > threshold ? 1.0 : 0);
    }

    // The platform's handicap is left out for all alike, so the threshold is on other identities.
    private static double Threshold(IEnumerable<EventTraits> traits, float[][] vectors, Func<float[], double> score, double budget)
    {
        EventTraits[] all = [.. traits];
        double days = (all[^1].Time - all[0].Time).TotalDays;
        return Maxima(all, vectors, score).OrderDescending().ElementAt((int)(budget * days));
    }

    private static IEnumerable<double> Maxima(EventTraits[] traits, float[][] vectors, Func<float[], double> score) =>
        Enumerable.Range(0, traits.Length).Where(i => !traits[i].PrincipalClass.IsPlatform())
            .GroupBy(i => (traits[i].Actor, traits[i].Time.UtcDateTime.Date))
            .Select(unit => unit.Max(i => score(vectors[i])));

    private static Func<float[], double> Logistic(OutOfSample sample, float[][] foreign, TrainingOptions options)
    {
        RiskModel risk = RiskFit.Fit(sample, foreign, options);
        float[] inputs = new float[RiskInputs.Length];
        return vector =>
        {
            RiskInputs.Compute(vector, inputs);
            return risk.Score(inputs);
        };
    }

    private static Func<float[], double> Trees<T>(
        OutOfSample sample,
        float[][] foreign,
        TrainingOptions options,
        Func<MLContext, ITrainerEstimator<BinaryPredictionTransformer<T>, T>> trainer)
        where T : class
    {
        float[][] own = [.. RiskFit.Oddest(sample, RiskFit.Fit(sample, foreign, options))];
        MLContext context = new(options.Seed);
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, FeatureVector.Length);
        IDataView data = context.Data.LoadFromEnumerable(
            own.Select(vector => new Row { Features = vector, Weight = 1f }).Concat(foreign.Select(vector =>
                new Row { Features = vector, IsContrast = true, Weight = (float)own.Length / foreign.Length })),
            schema);
        PredictionEngine<Row, Judgement> engine = context.Model.CreatePredictionEngine<Row, Judgement>(
            trainer(context).Fit(data), inputSchemaDefinition: schema);
        Row row = new();
        return vector =>
        {
            row.Features = vector;
            return engine.Predict(row).Score;
        };
    }

    private static async Task<TrainingSet> ReadAsync(string history, DateTimeOffset before)
    {
        TrainingSet set = new(Options.HashKey);
        MessageReader reader = new(new AuditEventParser(), "default");
        await using Stream stream = await AuditFile.OpenAsync(history, CancellationToken.None);
        await foreach (HubMessage piece in AuditFile.ReadPiecesAsync(stream, CancellationToken.None))
        {
            using IntakeBatch batch = new();
            reader.Read(piece, batch);
            foreach (IntakeRecord record in batch.Records)
            {
                if (record.Event is { } audit && audit.Time < before)
                {
                    set.Add(audit, alerted: false);
                }
            }
        }

        return set;
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];

        public bool IsContrast { get; set; }

        public float Weight { get; set; }
    }

    private sealed class Judgement
    {
        public float Score { get; set; }
    }
}
