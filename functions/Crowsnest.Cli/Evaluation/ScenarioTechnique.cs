namespace Crowsnest.Cli.Evaluation;

/// <summary>A technique that a scenario uses.</summary>
/// <param name="Key">Its name in the recording.</param>
/// <param name="Mitre">ATT&amp;CK id.</param>
/// <param name="Phase">Its ATT&amp;CK tactic, in words.</param>
internal sealed record ScenarioTechnique(string Key, string Mitre, string Phase = "");
