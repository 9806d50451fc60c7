namespace Crowsnest.Cli.Evaluation;

/// <summary>What a budget gives.</summary>
/// <param name="Budget">False alerts a day that the threshold is set for.</param>
/// <param name="Found">Attack scenarios with an alert.</param>
/// <param name="Attacks">Attack scenarios; 0 for benign days.</param>
/// <param name="FalseIncidents">False incidents a day.</param>
/// <param name="FalseLines">False alerts a day.</param>
internal sealed record CurvePoint(double Budget, int Found, int Attacks, double FalseIncidents, double FalseLines);
