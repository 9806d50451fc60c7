using Crowsnest.Core.Features;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Learning;

/// <summary>
/// Trains a model: profiles of every principal, the plane that normal feature vectors lie near, and how rare a distance
/// from it is. Each stretch of time is measured with a profile that has not seen it: in-sample surprise is far too low.
/// </summary>
public static class ModelTrainer
{
    // Three bits, a factor of eight in probability, or half a step of a numeric feature: a feature that hardly ever varies
    // must not decide alone.
    private const double SmallestDeviationOfBits = 3;
    private const double SmallestDeviation = 0.5;

    // From three days on, whole days are left out; before that, parts of a day.
    private const int HoursForWholeDays = 72;
    private const int DayFold = 24;
    private const int ShortFold = 4;

    /// <summary>Trains a model.</summary>
    /// <exception cref="TrainingException">The set is too small; the message says by how much.</exception>
    public static AnomalyModel Train(TrainingSet set, TrainingOptions options, CancellationToken cancellationToken)
    {
        if (set.Hours < options.FewestHours)
        {
            throw new TrainingException(
                $"events of {set.Hours} distinct hours are too few to learn what is usual; {options.FewestHours} are needed");
        }

        List<(EventTraits Traits, bool Learned)> rows = Ordered(set);
        bool wholeDays = set.Hours >= HoursForWholeDays;
        ProfileBuilder builder = new(wholeDays ? DayFold : ShortFold);
        int fewestFolds = wholeDays ? options.ProbationDays : 1;
        foreach ((EventTraits traits, bool learned) in rows)
        {
            if (learned)
            {
                builder.Add(traits);
            }
        }

        float[][] vectors = MeasureOutOfSample(rows, builder, fewestFolds, cancellationToken);
        PrincipalComponents components = FitComponents(vectors, options);
        Calibration calibration = Calibrate(rows, vectors, components);
        ModelInfo info = new(set.From, set.To, set.Events, set.Principals, FeatureVector.Names);
        AnomalyModel model = new(info, options.HashKey, builder.Build(without: null, fewestFolds), components, calibration);
        return ModelFile.Read(ModelFile.Write(model));
    }

    // The decomposition depends on the order of rows in its last bits; events may come in any order.
    private static List<(EventTraits Traits, bool Learned)> Ordered(TrainingSet set) =>
    [
        .. set.Rows.OrderBy(static row => row.Traits.Time).ThenBy(static row => row.Traits.Principal, StringComparer.Ordinal)
            .ThenBy(static row => row.Traits.Terms[(int)TraitName.ActionInNamespace].Value)
            .ThenBy(static row => row.Traits.Terms[(int)TraitName.ObjectName].Value),
    ];

    private static float[][] MeasureOutOfSample(
        List<(EventTraits Traits, bool Learned)> rows,
        ProfileBuilder builder,
        int fewestFolds,
        CancellationToken cancellationToken)
    {
        float[][] vectors = new float[rows.Count][];
        foreach (IGrouping<int, int> fold in Enumerable.Range(0, rows.Count)
            .GroupBy(i => builder.FoldOf(rows[i].Traits.Time)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            SurpriseMemo others = new(builder.Build(without: fold.Key, fewestFolds));
            foreach (int i in fold)
            {
                vectors[i] = new float[FeatureVector.Length];
                FeatureVector.Compute(others, rows[i].Traits, vectors[i]);
            }
        }

        return vectors;
    }

    private static PrincipalComponents FitComponents(float[][] vectors, TrainingOptions options)
    {
        int length = FeatureVector.Length;
        float[] offset = new float[length];
        float[] scale = new float[length];
        for (int f = 0; f < length; f++)
        {
            double sum = 0;
            double squares = 0;
            foreach (float[] vector in vectors)
            {
                sum += vector[f];
                squares += (double)vector[f] * vector[f];
            }

            double mean = sum / vectors.Length;
            double deviation = Math.Sqrt(Math.Max(0, (squares / vectors.Length) - (mean * mean)));
            offset[f] = (float)mean;
            scale[f] = (float)(1 / Math.Max(deviation, f < EventTraits.TermCount ? SmallestDeviationOfBits : SmallestDeviation));
        }

        (float[] centre, float[][] axes) = PcaTrainer.Fit(
            [.. vectors.Select(vector => vector.Select((value, f) => (value - offset[f]) * scale[f]).ToArray())],
            options.Rank,
            options.Seed);
        return new PrincipalComponents(offset, scale, centre, axes);
    }

    private static Calibration Calibrate(
        List<(EventTraits Traits, bool Learned)> rows,
        float[][] vectors,
        PrincipalComponents components)
    {
        Dictionary<(string Actor, DateTime Day), float> maxima = [];
        float[] residual = new float[FeatureVector.Length];
        for (int i = 0; i < rows.Count; i++)
        {
            float distance = components.Residual(vectors[i], residual);
            (string, DateTime) unit = (rows[i].Traits.Actor, rows[i].Traits.Time.UtcDateTime.Date);
            maxima[unit] = Math.Max(maxima.GetValueOrDefault(unit), distance);
        }

        double days = Math.Max(
            (rows[^1].Traits.Time - rows[0].Traits.Time).TotalDays,
            1.0 / 24);
        return new Calibration([.. maxima.Values.Order()], days);
    }
}
