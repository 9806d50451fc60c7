using Crowsnest.Core.Activity;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Core.Judging;

/// <summary>Judges one event at a time with the rules and the model. Not thread-safe: one per worker.</summary>
/// <param name="rules">The loaded rules.</param>
/// <param name="model">The model, or null to judge by rules alone.</param>
/// <param name="falseAlertsPerDay">The budget that the model's threshold is set for.</param>
/// <param name="lowest">Detections below this are not made.</param>
public sealed class Judge(
    RuleSet rules,
    AnomalyModel? model,
    double falseAlertsPerDay,
    Severity lowest = Severity.Informational)
{
    /// <summary>
    /// The budget when nobody sets another: ten a day found no attack on the recorded days that three, with rules beside them, did not
    /// (docs/adr/0020).
    /// </summary>
    public const double DefaultFalseAlertsPerDay = 3;

    private readonly TraitReader? _reader = model?.CreateReader();
    private readonly EventTraits _traits = new();
    private readonly Excuses _excuses = new(rules, model);
    private readonly CandidateMemo _candidates = new(rules, lowest);
    private readonly ScoreMemo _scores = new();
    private readonly SurpriseMemo? _surprises = model is null ? null : new SurpriseMemo(model.Profile);
    private readonly List<SigmaRule> _matches = [];
    private readonly ActivityRecorder _recorder = new(rules);

    /// <summary>Adds what the event gives rise to.</summary>
    /// <param name="audit">An event with an outcome; others give nothing.</param>
    /// <param name="evidence">Where its raw record lies.</param>
    /// <param name="detections">Receives the detections.</param>
    /// <param name="activity">Receives what correlations count, or null.</param>
    public void Add(AuditEvent audit, Evidence evidence, List<Detection> detections, ActivityLog? activity = null)
    {
        if (!audit.HasOutcome)
        {
            return;
        }

        // Most events end here, without a view of them.
        SigmaRule[] candidates = _candidates.Of(audit);
        AnomalyScore score = default;
        bool isKnown = model is not null && _scores.TryFind(audit, out score);
        if (candidates.Length == 0 && (model is null || (isKnown && score.ExpectedPerDay > falseAlertsPerDay)))
        {
            return;
        }

        using EventView view = new(audit);
        _matches.Clear();
        RuleSet.Match(view, candidates, _matches);
        Detection? last = null;
        foreach (SigmaRule rule in _matches)
        {
            if (activity is not null)
            {
                _recorder.Record(view, rule, evidence, activity);
            }

            if (rule.Severity >= lowest && !rules.IsSilent(rule))
            {
                detections.Add(last = DetectionFactory.FromRule(view, rule, evidence, last, _excuses.Of(view, rule)));
            }
        }

        if (model is null || _reader is null || _surprises is null)
        {
            return;
        }

        if (!isKnown)
        {
            _reader.Read(view, _traits);
            score = model.Score(_traits, _surprises);
            _scores.Remember(audit, score);
        }

        if (score.ExpectedPerDay <= falseAlertsPerDay)
        {
            if (isKnown)
            {
                _reader.Read(view, _traits);
            }

            detections.Add(DetectionFactory.FromModel(view, model, _traits, _surprises, score, evidence, _excuses));
        }
    }
}
