using Crowsnest.Core.Activity;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Correlation;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Core.Policy;

/// <summary>What rules, and the model where there is one, find in a capture. Not thread-safe.</summary>
public sealed class JudgedCapture(RuleSet rules, AnomalyModel? model, double falseAlertsPerDay)
{
    private readonly Judge _judge = new(rules, model, falseAlertsPerDay);
    private readonly ActivityLog _activity = new();
    private readonly HashSet<RequestKey> _judged = [];
    private readonly List<Detection> _found = [];

    /// <summary>Judges an event, when it is the first of its request that has an outcome.</summary>
    public void Add(AuditEvent audit, Evidence evidence)
    {
        if (audit.HasOutcome && (audit.AuditId.Length == 0 || _judged.Add(RequestKey.Of(audit))))
        {
            _judge.Add(audit, evidence, _found, _activity);
        }
    }

    /// <summary>All detections, those of correlations among them. The capture is over.</summary>
    public IReadOnlyList<Detection> Finish() =>
    [
        .. _found,
        .. new CorrelationEngine(rules.Correlations, model?.Activity ?? ActivityHistory.Empty)
            .Evaluate(_activity, DateTimeOffset.MinValue, _activity.End),
    ];
}
