namespace Crowsnest.Core.Scoring;

/// <summary>How unusual an event is.</summary>
/// <param name="Residual">Squared distance from what is normal; only comparable within one model.</param>
/// <param name="ExpectedPerDay">Actor-days per day expected to reach it: 0.1 means once in ten days.</param>
public readonly record struct AnomalyScore(float Residual, double ExpectedPerDay)
{
    /// <summary>Days in which one as unusual is expected.</summary>
    public double Days => 1 / ExpectedPerDay;
}
