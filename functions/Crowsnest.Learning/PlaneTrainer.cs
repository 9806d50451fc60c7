using Crowsnest.Core.Features;
using Crowsnest.Core.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Crowsnest.Learning;

/// <summary>
/// Finds the plane that normal feature vectors lie near, the yardstick that the model is measured against. ML.NET's
/// RandomizedPca is used as a trainer only: its matrices are taken, its score is not. That score is the residual divided by
/// the vector's length, so it is blind to scale and NaN far out (dotnet/machinelearning#3871).
/// </summary>
public static class PlaneTrainer
{
    // Six bits, a factor of 64 in probability, or half a step of a numeric feature: a feature that hardly ever varies must not
    // decide alone.
    private const double SmallestDeviationOfBits = 6;
    private const double SmallestDeviation = 0.5;

    // With 6, 12 or 20 dimensions the absolute residual found the same.
    private const int Rank = 8;

    /// <summary>Finds the plane of a training set.</summary>
    public static PrincipalComponents Train(TrainingSet set, TrainingOptions options)
    {
        float[][] vectors = OutOfSample.Of(set, options).Vectors;
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

        (float[] centre, float[][] axes) = Fit(
            [.. vectors.Select(vector => vector.Select((value, f) => (value - offset[f]) * scale[f]).ToArray())],
            Rank,
            options.Seed);
        return new PrincipalComponents(offset, scale, centre, axes);
    }

    /// <summary>Finds the plane.</summary>
    /// <param name="rows">Scaled feature vectors, all of one length.</param>
    /// <param name="rank">Dimensions of the plane.</param>
    /// <param name="seed">Seed; the same rows and seed give the same bits.</param>
    /// <returns>The mean and the orthonormal axes.</returns>
    private static (float[] Mean, float[][] Axes) Fit(IReadOnlyList<float[]> rows, int rank, int seed)
    {
        int length = rows[0].Length;
        MLContext context = new(seed);
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, length);
        IDataView data = context.Data.LoadFromEnumerable(rows.Select(static row => new Row { Features = row }), schema);
        AnomalyPredictionTransformer<PcaModelParameters> fitted = context.AnomalyDetection.Trainers
            .RandomizedPca(nameof(Row.Features), rank: rank, ensureZeroMean: true, seed: seed).Fit(data);
        VBuffer<float>[] vectors = [];
        fitted.Model.GetEigenVectors(ref vectors, out int found);
        VBuffer<float> mean = default;
        fitted.Model.GetMean(ref mean);
        return ([.. mean.DenseValues()], [.. vectors.Take(found).Select(static v => v.DenseValues().ToArray())]);
    }

    private sealed class Row
    {
        public float[] Features { get; set; } = [];
    }
}
