namespace Crowsnest.Cli.Evaluation;

/// <summary>An event and how odd a detector finds it.</summary>
/// <param name="Unit">What one alert would be about: a principal in an hour.</param>
/// <param name="Score">The score.</param>
/// <param name="Attack">The attack scenario that it belongs to, or null.</param>
internal readonly record struct ScoredEvent((string Principal, long Hour) Unit, double Score, string? Attack);
