using Crowsnest.Core.Features;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning.Contrast;

namespace Crowsnest.Learning;

/// <summary>
/// Trains a model: profiles of every principal, how surprises add up to a risk, and how rare a risk is. Each stretch of time is measured with a profile that has not seen it: in-sample surprise is
/// far too low.
/// </summary>
public static class ModelTrainer
{
    /// <summary>Trains a model.</summary>
    /// <exception cref="TrainingException">The set is too small; the message says by how much.</exception>
    public static AnomalyModel Train(TrainingSet set, TrainingOptions options, CancellationToken cancellationToken)
    {
        if (set.Hours < options.FewestHours)
        {
            throw new TrainingException(
                $"events of {set.Hours} distinct hours are too few to learn what is usual; {options.FewestHours} are needed");
        }

        OutOfSample sample = OutOfSample.Of(set, options);
        cancellationToken.ThrowIfCancellationRequested();
        RiskModel risk = FitRisk(sample, options);
        Calibration calibration = Calibrate(sample, risk);
        ModelInfo info = new(set.From, set.To, set.Events, set.Principals, FeatureVector.Names);
        AnomalyModel model = new(info, options.HashKey, sample.WholeProfile(), risk, calibration);
        return ModelFile.Read(ModelFile.Write(model));
    }

    // Alerts come from the oddest event of a principal in an hour, not from the mass of events. So the fit is done twice: on
    // events of all kinds, and then on those that the first fit finds the oddest of their hour.
    private static RiskModel FitRisk(OutOfSample sample, TrainingOptions options)
    {
        IReadOnlyList<TrainingRow> rows = sample.Rows;
        float[][] own = [.. sample.Vectors.Select(Inputs)];
        ContrastSet contrast = new(rows.Where(static row => row.Learned).Select(static row => row.Traits), options.HashKey, options.Seed);
        if (!contrast.IsPossible)
        {
            throw new TrainingException("events of one principal alone can't be told from others'; at least two are needed");
        }

        List<EventTraits> made =
        [
            .. contrast.Exchanged(options.ContrastEvents),
            .. contrast.Attacks(options.SensitiveActions, options.ContrastEvents),
        ];
        float[][] foreign = [.. sample.Measure(made).Select(Inputs)];
        int step = Math.Max(1, rows.Count / options.ContrastEvents);
        RiskModel first = RiskTrainer.Fit([.. own.Where((_, i) => i % step == 0)], foreign, options.Seed);
        IEnumerable<int> oddest = Enumerable.Range(0, rows.Count)
            .GroupBy(i => (rows[i].Traits.Principal, rows[i].Traits.Time.ToUnixTimeSeconds() / 3600))
            .Select(unit => unit.MaxBy(i => first.Score(own[i])));
        return RiskTrainer.Fit([.. oddest.Select(i => own[i])], foreign, options.Seed);
    }

    private static float[] Inputs(float[] vector)
    {
        float[] inputs = new float[RiskInputs.Length];
        RiskInputs.Compute(vector, inputs);
        return inputs;
    }

    private static Calibration Calibrate(OutOfSample sample, RiskModel risk)
    {
        IReadOnlyList<TrainingRow> rows = sample.Rows;
        Dictionary<(string Actor, DateTime Day), float> maxima = [];
        for (int i = 0; i < rows.Count; i++)
        {
            EventTraits traits = rows[i].Traits;
            float odds = AnomalyModel.LogOdds(risk, sample.Vectors[i], traits.PrincipalClass);
            (string, DateTime) unit = (traits.Actor, traits.Time.UtcDateTime.Date);
            maxima[unit] = Math.Max(maxima.GetValueOrDefault(unit, float.NegativeInfinity), odds);
        }

        double days = Math.Max(
            (rows[^1].Traits.Time - rows[0].Traits.Time).TotalDays,
            1.0 / 24);
        return new Calibration([.. maxima.Values.Order()], days);
    }
}
