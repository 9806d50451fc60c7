using Crowsnest.Core.Scoring;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace Crowsnest.Learning.Contrast;

/// <summary>Fits the linear risk model with ML.NET's logistic regression.</summary>
internal static class RiskTrainer
{
    // Both sides weigh this much in all, however many rows they have, against a penalty of one.
    private const float SideWeight = 150;
    private const int MostIterations = 1000;

    // ML.NET holds the bias at or above zero too, but events that surprise in nothing need odds far below one. An input that
    // is always this much stands in for the bias; it is large, so that the penalty hardly touches it.
    private const float Constant = -10;

    /// <summary>Fits the weights.</summary>
    /// <param name="own">Inputs of principals' own events.</param>
    /// <param name="contrast">Inputs of events put into their names.</param>
    /// <param name="seed">Seed; the same rows in the same order and the same seed give the same bits.</param>
    internal static RiskModel Fit(IReadOnlyCollection<float[]> own, IReadOnlyCollection<float[]> contrast, int seed)
    {
        MLContext context = new(seed);
        SchemaDefinition schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.Inputs)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, RiskInputs.Length + 1);
        IDataView data = context.Data.LoadFromEnumerable(
            Rows(own, isContrast: false).Concat(Rows(contrast, isContrast: true)), schema);
        LinearBinaryModelParameters fitted = context.BinaryClassification.Trainers.LbfgsLogisticRegression(
            new LbfgsLogisticRegressionBinaryTrainer.Options
            {
                FeatureColumnName = nameof(Row.Inputs),
                LabelColumnName = nameof(Row.IsContrast),
                ExampleWeightColumnName = nameof(Row.Weight),
                EnforceNonNegativity = true,
                L1Regularization = 0,
                L2Regularization = 1,
                MaximumNumberOfIterations = MostIterations,
                OptimizationTolerance = 1e-6f,
                NumberOfThreads = 1,
            }).Fit(data).Model.SubModel;
        return new RiskModel(
            [.. fitted.Weights.Take(RiskInputs.Length)], fitted.Bias + (Constant * fitted.Weights[RiskInputs.Length]));
    }

    private static IEnumerable<Row> Rows(IReadOnlyCollection<float[]> inputs, bool isContrast) => inputs.Select(row => new Row
    {
        Inputs = [.. row, Constant],
        IsContrast = isContrast,
        Weight = SideWeight / inputs.Count,
    });

    private sealed class Row
    {
        public float[] Inputs { get; set; } = [];

        public bool IsContrast { get; set; }

        public float Weight { get; set; }
    }
}
