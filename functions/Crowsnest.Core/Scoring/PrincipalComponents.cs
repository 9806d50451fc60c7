namespace Crowsnest.Core.Scoring;

/// <summary>
/// The plane that normal feature vectors lie near, as ML.NET's RandomizedPca found it. Its own score divides the distance
/// from the plane by the vector's length, so that ten times as odd scores the same and very odd gives NaN; the absolute
/// distance used here has neither fault.
/// </summary>
/// <param name="Offset">Per feature: subtracted before scaling.</param>
/// <param name="Scale">Per feature: multiplied after the offset is taken off.</param>
/// <param name="Mean">Mean of the scaled features.</param>
/// <param name="Axes">Orthonormal directions of the plane, one after the other.</param>
public sealed record PrincipalComponents(float[] Offset, float[] Scale, float[] Mean, float[][] Axes)
{
    /// <summary>Computes what of a vector lies outside the plane.</summary>
    /// <param name="features">The feature vector.</param>
    /// <param name="residual">Receives the part outside the plane, per feature.</param>
    /// <returns>The squared length of the residual's positive part: less surprise than expected is no risk.</returns>
    public float Residual(ReadOnlySpan<float> features, Span<float> residual)
    {
        Span<float> centred = stackalloc float[residual.Length];
        for (int i = 0; i < centred.Length; i++)
        {
            centred[i] = ((features[i] - Offset[i]) * Scale[i]) - Mean[i];
        }

        centred.CopyTo(residual);
        foreach (float[] axis in Axes)
        {
            float along = 0;
            for (int i = 0; i < centred.Length; i++)
            {
                along += centred[i] * axis[i];
            }

            for (int i = 0; i < centred.Length; i++)
            {
                residual[i] -= along * axis[i];
            }
        }

        float distance = 0;
        foreach (float part in residual)
        {
            distance += part > 0 ? part * part : 0;
        }

        return distance;
    }
}
