namespace Crowsnest.Core.Scoring;

/// <summary>A logistic regression that tells a principal's own events from ones put into its name.</summary>
/// <param name="Weights">One for each of <see cref="RiskInputs"/>, none negative: more surprise is never less risk.</param>
/// <param name="Bias">Log-odds of an event that surprises in nothing.</param>
public sealed record RiskModel(float[] Weights, float Bias)
{
    /// <summary>The log-odds that the event is not the principal's own.</summary>
    public float Score(ReadOnlySpan<float> inputs)
    {
        float sum = Bias;
        for (int i = 0; i < Weights.Length; i++)
        {
            sum += Weights[i] * inputs[i];
        }

        return sum;
    }
}
