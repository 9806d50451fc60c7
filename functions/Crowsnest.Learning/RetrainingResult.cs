using Crowsnest.Core.Scoring;

namespace Crowsnest.Learning;

/// <summary>What came of a retraining.</summary>
/// <param name="Model">The new model.</param>
/// <param name="Accepted">Whether it may replace the one in use.</param>
/// <param name="Gates">How it compares; empty when there was nothing to compare with.</param>
/// <param name="Drift">Alerts that the model in use gave since its training, over those its budget allows; null when unknown.</param>
/// <param name="NewlyAccepted">What the new model takes for usual and the one in use does not, in words.</param>
public sealed record RetrainingResult(
    AnomalyModel Model,
    bool Accepted,
    IReadOnlyList<RetrainingGate> Gates,
    double? Drift,
    IReadOnlyList<string> NewlyAccepted);
