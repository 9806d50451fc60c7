namespace Crowsnest.Cli.Evaluation;

/// <summary>How alerts stand against labels.</summary>
/// <param name="Detected">Ids of the attack scenarios that have an alert.</param>
/// <param name="Missed">Ids of those that have none.</param>
/// <param name="FalseAlerts">Alerts that hold neither an attacker's request nor a reaction to one.</param>
/// <param name="FalseIncidents">Incidents that have such an alert.</param>
/// <param name="Lines">How many alerts each incident has.</param>
/// <param name="Ignored">Alerts about the clean-up after an attack.</param>
/// <param name="Split">Detected scenarios whose alerts belong to several incidents.</param>
/// <param name="HardBenign">Hard benign behaviours with a false alert, and how many.</param>
/// <param name="FalseTitles">Titles of the false alerts, and how many.</param>
/// <param name="Techniques">By technique: how many scenarios with it have an alert, and how many there are.</param>
/// <param name="Days">Days that the false alerts are counted over.</param>
internal sealed record EvaluationResult(
    IReadOnlyList<string> Detected,
    IReadOnlyList<string> Missed,
    int FalseAlerts,
    int FalseIncidents,
    IReadOnlyCollection<int> Lines,
    int Ignored,
    int Split,
    IReadOnlyDictionary<string, int> HardBenign,
    IReadOnlyDictionary<string, int> FalseTitles,
    IReadOnlyDictionary<string, (int Detected, int All)> Techniques,
    double Days)
{
    public double FalseAlertsPerDay => FalseAlerts / Days;
}
