using Crowsnest.Core.Features;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning.Contrast;

namespace Crowsnest.Learning;

/// <summary>
/// Trains a model: profiles of every principal, how surprises add up to a risk, and how rare a risk is. Each stretch of time
/// is measured with a profile that has not seen it: in-sample surprise is far too low.
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
        RiskModel risk = RiskFit.Fit(sample, RiskFit.Foreign(sample, options), options);
        Calibration calibration = Calibrate(sample, risk);
        ModelInfo info = new(set.From, set.To, set.Events, set.Principals, FeatureVector.Names);
        AnomalyModel model = new(info, options.HashKey, sample.WholeProfile(), risk, calibration) { Activity = set.Usual };
        return ModelFile.Read(ModelFile.Write(model));
    }

    // By actor and day, which is about what an incident is.
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
