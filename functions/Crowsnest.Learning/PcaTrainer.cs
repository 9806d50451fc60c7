using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Crowsnest.Learning;

/// <summary>
/// Uses ML.NET's RandomizedPca as a trainer only: its matrices are taken, its score is not. That score is the residual
/// divided by the vector's length, so it is blind to scale and NaN far out (dotnet/machinelearning#3871).
/// </summary>
internal static class PcaTrainer
{
    /// <summary>Finds the plane.</summary>
    /// <param name="rows">Scaled feature vectors, all of one length.</param>
    /// <param name="rank">Dimensions of the plane.</param>
    /// <param name="seed">Seed; the same rows and seed give the same bits.</param>
    /// <returns>The mean and the orthonormal axes.</returns>
    internal static (float[] Mean, float[][] Axes) Fit(IReadOnlyList<float[]> rows, int rank, int seed)
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
