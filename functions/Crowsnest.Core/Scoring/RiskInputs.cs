using Crowsnest.Core.Features;

namespace Crowsnest.Core.Scoring;

/// <summary>
/// Turns a feature vector into the inputs of the linear risk model, each of which grows with its features: steps of surprise,
/// the count of new values, the numeric features, and two surprises at once. With weights that are not negative the risk then
/// never falls when anything gets odder, and yet need not grow evenly.
/// </summary>
public static class RiskInputs
{
    // In bits and in new values: where they stop counting.
    private const float FullSurprise = 20;
    private const float FullCount = 6;
    private const float FullNumber = 5;

    // In bits. The last resort of a profile gives 12, and each back-off adds to it.
    private static readonly float[] Edges = [0, 3, 6, 9, 12, 15, 18, 22, 26];
    private static readonly int Terms = EventTraits.TermCount;
    private static readonly int Steps = Edges.Length - 1;
    private static readonly int Singles = (Terms * Steps) + FeatureVector.Length - Terms;

    /// <summary>How many inputs there are.</summary>
    public static int Length { get; } = Singles + (Terms * (Terms - 1) / 2);

    /// <summary>Computes the inputs, each from 0 to 1, the numeric features to 5.</summary>
    /// <param name="features">The feature vector.</param>
    /// <param name="inputs">Receives <see cref="Length"/> numbers.</param>
    public static void Compute(ReadOnlySpan<float> features, Span<float> inputs)
    {
        int at = 0;
        for (int i = 0; i < Terms; i++)
        {
            for (int step = 0; step < Steps; step++)
            {
                inputs[at++] = Math.Clamp((features[i] - Edges[step]) / (Edges[step + 1] - Edges[step]), 0, 1);
            }
        }

        inputs[at++] = Math.Clamp(features[Terms] / FullCount, 0, 1);
        for (int i = Terms + 1; i < features.Length; i++)
        {
            inputs[at++] = Math.Clamp(features[i], 0, FullNumber);
        }

        for (int i = 0; i < Terms; i++)
        {
            float first = Math.Clamp(features[i] / FullSurprise, 0, 1);
            for (int j = i + 1; j < Terms; j++)
            {
                inputs[at++] = first * Math.Clamp(features[j] / FullSurprise, 0, 1);
            }
        }
    }

    /// <summary>Shares the inputs' parts of a score out among the features they come from.</summary>
    /// <param name="parts">Weight times input, <see cref="Length"/> numbers.</param>
    /// <param name="features">Receives the sum by feature.</param>
    internal static void Attribute(ReadOnlySpan<float> parts, Span<float> features)
    {
        features.Clear();
        for (int i = 0; i < Singles; i++)
        {
            features[i < Terms * Steps ? i / Steps : i - (Terms * Steps) + Terms] += parts[i];
        }

        int at = Singles;
        for (int i = 0; i < Terms; i++)
        {
            for (int j = i + 1; j < Terms; j++)
            {
                features[i] += parts[at] / 2;
                features[j] += parts[at++] / 2;
            }
        }
    }
}
