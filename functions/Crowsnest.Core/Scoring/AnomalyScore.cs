namespace Crowsnest.Core.Scoring;

/// <summary>How unusual an event is.</summary>
/// <param name="LogOdds">Log-odds that the event is not its principal's own; only comparable within one model.</param>
/// <param name="ExpectedPerDay">Actor-days per day expected to reach it: 0.1 means once in ten days.</param>
public readonly record struct AnomalyScore(float LogOdds, double ExpectedPerDay)
{
    /// <summary>Days in which one as unusual is expected.</summary>
    public double Days => 1 / ExpectedPerDay;
}
