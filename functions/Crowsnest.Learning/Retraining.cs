using Crowsnest.Core.Features;
using Crowsnest.Core.Scoring;
using Crowsnest.Learning.Contrast;

namespace Crowsnest.Learning;

/// <summary>
/// Trains a model and compares it with the one in use: a trial that has not seen the last day is held against it on that day,
/// and both on attacks that neither was trained on.
/// </summary>
public static class Retraining
{
    // Chance in the choice of principals that canaries are put into the names of.
    private const double CanaryTolerance = 0.02;
    private const int PerCanary = 50;

    // As far as a budget may be missed on one day before the day, and not the model, is blamed no longer.
    private const double NoiseTolerance = 1.5;

    private static readonly TimeSpan HeldBack = TimeSpan.FromDays(1);
    private static readonly TimeSpan Slack = TimeSpan.FromHours(1);

    /// <summary>Trains and compares.</summary>
    /// <param name="set">What to train on.</param>
    /// <param name="current">The model in use, or null when there is none.</param>
    /// <param name="options">How to train.</param>
    /// <param name="falseAlertsPerDay">The budget that thresholds are set for.</param>
    /// <param name="cancellationToken">Ends the training early.</param>
    /// <exception cref="TrainingException">The set is too small; the message says by how much.</exception>
    public static RetrainingResult Run(
        TrainingSet set,
        AnomalyModel? current,
        TrainingOptions options,
        double falseAlertsPerDay,
        CancellationToken cancellationToken)
    {
        AnomalyModel model = ModelTrainer.Train(set, options, cancellationToken);

        // Another key, another language: nothing in the old model can be looked up.
        if (current is null || !current.HashKey.SequenceEqual(options.HashKey))
        {
            return new RetrainingResult(model, Accepted: true, [], Drift: null, []);
        }

        List<RetrainingGate> gates = [];
        (TrainingSet before, IReadOnlyList<EventTraits> held) = set.Split(set.To - HeldBack);
        if (before.Hours >= options.FewestHours)
        {
            AnomalyModel trial = ModelTrainer.Train(before, options, cancellationToken);
            EventTraits[] canaries = [.. new ContrastSet(set.Rows.Select(static row => row.Traits), options.HashKey, options.Seed)
                .AttacksInPlace(SensitiveAction.Canaries, PerCanary)];
            double found = Found(trial, canaries, falseAlertsPerDay);
            double foundNow = Found(current, canaries, falseAlertsPerDay);
            gates.Add(new("canaries found", found, foundNow, found >= foundNow - CanaryTolerance));

            // To a model that has seen the day, nothing on it is odd. Nightly trainings see the last one a little more or less.
            if (current.Info.To <= before.To + Slack)
            {
                int alerts = Alerts(trial, held, falseAlertsPerDay);
                int alertsNow = Alerts(current, held, falseAlertsPerDay);
                double most = Math.Max(alertsNow, NoiseTolerance * falseAlertsPerDay);
                gates.Add(new("alerts on the last day", alerts, alertsNow, alerts <= most));
            }
        }

        return new RetrainingResult(
            model,
            gates.TrueForAll(static gate => gate.Passed),
            gates,
            Drift(current, set, falseAlertsPerDay),
            set.Newly(model.Profile, current.Profile));
    }

    private static double? Drift(AnomalyModel current, TrainingSet set, double falseAlertsPerDay)
    {
        double days = (set.To - current.Info.To).TotalDays;
        return days < HeldBack.TotalDays / 2
            ? null
            : Alerts(current, set.Split(current.Info.To).From, falseAlertsPerDay) / (falseAlertsPerDay * days);
    }

    private static double Found(AnomalyModel model, EventTraits[] canaries, double budget)
    {
        SurpriseMemo memo = new(model.Profile);
        return canaries.Average(canary => model.Score(canary, memo).ExpectedPerDay <= budget ? 1.0 : 0);
    }

    private static int Alerts(AnomalyModel model, IReadOnlyList<EventTraits> events, double budget)
    {
        SurpriseMemo memo = new(model.Profile);
        return events.Where(traits => model.Score(traits, memo).ExpectedPerDay <= budget)
            .Select(static traits => (traits.Actor, traits.Time.UtcDateTime.Date)).Distinct().Count();
    }
}
