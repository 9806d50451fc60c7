using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Cli.Evaluation;

/// <summary>
/// What a recording would have given at lower budgets than it was judged with. A budget decides only which events the model calls odd,
/// and a detection says how rare it is, so one pass at the highest budget tells of all.
/// </summary>
internal static class BudgetCurve
{
    // Scores are kept with four digits.
    private const double Rounding = 1.0001;

    /// <summary>The alerts at a budget.</summary>
    /// <param name="detections">What was found at a budget that is not lower.</param>
    /// <param name="budget">False alerts a day that the threshold is set for.</param>
    internal static IEnumerable<Alert> Alerts(IEnumerable<Detection> detections, double budget) => IncidentBuilder
        .Group(detections.Where(detection =>
            detection.Source != DetectionSource.Model || Math.Exp(-detection.Score) <= budget * Rounding))
        .SelectMany(Alert.For);

    /// <summary>The point of a recording with labels.</summary>
    internal static CurvePoint OfAttacks(
        IReadOnlyList<Detection> detections, double budget, IReadOnlyList<LabelledEvent> labels, IReadOnlyList<Scenario> scenarios)
    {
        EvaluationResult result = Evaluator.Evaluate(Alerts(detections, budget), labels, scenarios, days: null);
        return new CurvePoint(
            budget, result.Detected.Count, result.Detected.Count + result.Missed.Count, result.FalseIncidents / result.Days,
            result.FalseAlertsPerDay);
    }

    /// <summary>The point of benign days, each judged by itself.</summary>
    internal static CurvePoint OfBenign(IReadOnlyList<IReadOnlyList<Detection>> days, double budget)
    {
        List<List<Alert>> alerts = [.. days.Select(day => Alerts(day, budget).ToList())];
        return new CurvePoint(
            budget,
            0,
            0,
            alerts.Sum(static day => day.Select(static alert => alert.IncidentId).Distinct().Count()) / (double)days.Count,
            alerts.Sum(static day => day.Count) / (double)days.Count);
    }
}
