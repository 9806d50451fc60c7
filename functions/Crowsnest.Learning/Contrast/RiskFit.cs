using Crowsnest.Core.Scoring;

namespace Crowsnest.Learning.Contrast;

/// <summary>
/// Learns which surprises tell foreign events from a principal's own. Alerts come from the oddest event of a principal in an
/// hour, not from the mass of events. So the fit is done twice: on events of all kinds, and then on those that the first fit
/// finds the oddest of their hour.
/// </summary>
internal static class RiskFit
{
    /// <summary>Makes foreign events and measures them.</summary>
    /// <returns>Their feature vectors.</returns>
    /// <exception cref="TrainingException">There is nobody else whose events could be taken.</exception>
    internal static float[][] Foreign(OutOfSample sample, TrainingOptions options)
    {
        ContrastSet contrast = new(
            sample.Rows.Where(static row => row.Learned).Select(static row => row.Traits), options.HashKey, options.Seed);
        if (!contrast.IsPossible)
        {
            throw new TrainingException("the events of one principal alone can't be told from others'; at least two are needed");
        }

        return sample.Measure(
        [
            .. contrast.Exchanged(options.ContrastEvents),
            .. contrast.Attacks(options.SensitiveActions, options.ContrastEvents),
        ]);
    }

    /// <summary>Fits the weights.</summary>
    /// <param name="sample">The principals' own events.</param>
    /// <param name="foreign">Feature vectors of the foreign ones.</param>
    /// <param name="options">How to train.</param>
    internal static RiskModel Fit(OutOfSample sample, float[][] foreign, TrainingOptions options)
    {
        float[][] contrast = [.. foreign.Select(Inputs)];
        int step = Math.Max(1, sample.Vectors.Length / options.ContrastEvents);
        RiskModel first = RiskTrainer.Fit([.. sample.Vectors.Where((_, i) => i % step == 0).Select(Inputs)], contrast, options.Seed);
        return RiskTrainer.Fit([.. Oddest(sample, first).Select(Inputs)], contrast, options.Seed);
    }

    /// <summary>The feature vectors of the events that are the oddest of their principal's hour.</summary>
    internal static IEnumerable<float[]> Oddest(OutOfSample sample, RiskModel risk)
    {
        float[] inputs = new float[RiskInputs.Length];
        return Enumerable.Range(0, sample.Rows.Count)
            .GroupBy(i => (sample.Rows[i].Traits.Principal, sample.Rows[i].Traits.Time.ToUnixTimeSeconds() / 3600))
            .Select(unit => sample.Vectors[unit.MaxBy(i =>
            {
                RiskInputs.Compute(sample.Vectors[i], inputs);
                return risk.Score(inputs);
            })]);
    }

    private static float[] Inputs(float[] vector)
    {
        float[] inputs = new float[RiskInputs.Length];
        RiskInputs.Compute(vector, inputs);
        return inputs;
    }
}
