namespace Crowsnest.Learning;

/// <summary>One comparison of a new model with the one in use.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="New">The new model's figure.</param>
/// <param name="Current">That of the model in use.</param>
/// <param name="Passed">False when it is worse by more than chance explains.</param>
public sealed record RetrainingGate(string Name, double New, double Current, bool Passed);
