namespace Crowsnest.Cli.Evaluation;

/// <summary>How well scores put attacks above everything else.</summary>
/// <param name="Auc">Area under the ROC curve, by event.</param>
/// <param name="AveragePrecision">Area under the precision-recall curve, by event.</param>
/// <param name="Detected">By false alerts a day: how many attack scenarios have an alert at the threshold that gives them.</param>
/// <param name="Attacks">Attack scenarios in all.</param>
internal sealed record RankingResult(
    double Auc,
    double AveragePrecision,
    IReadOnlyList<(double FalseAlertsPerDay, double Detected)> Detected,
    int Attacks);
