using Crowsnest.Core.Activity;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Correlation;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Core.Policy;

/// <summary>
/// What rules, and the model where there is one, find in a capture as it is and in what a policy leaves of it. What is the same in both
/// is judged once. Not thread-safe.
/// </summary>
public sealed class JudgedCapture(RuleSet rules, AnomalyModel? model, double falseAlertsPerDay)
{
    private readonly Judge _judge = new(rules, model, falseAlertsPerDay);
    private readonly HashSet<RequestKey> _judged = [];

    // Requests whose first event is not left: the next one that is left is their first.
    private readonly HashSet<RequestKey> _waiting = [];
    private readonly Side _both = new();
    private readonly Side _before = new();
    private readonly Side _after = new();

    /// <summary>Adds an event. The first of a request that has an outcome is judged.</summary>
    /// <param name="audit">The event as it is.</param>
    /// <param name="left">What is left of it: null for nothing, the same when nothing is taken from it.</param>
    /// <param name="evidence">Where it stands.</param>
    /// <returns>Detections that the event as it is gives rise to and that are not asked of what is left; for most events none.</returns>
    public ReadOnlySpan<Detection> Add(AuditEvent audit, AuditEvent? left, Evidence evidence)
    {
        if (!audit.HasOutcome)
        {
            return [];
        }

        RequestKey key = audit.HasAuditId ? RequestKey.Of(audit) : default;
        bool isFirst = !audit.HasAuditId || _judged.Add(key);
        if (isFirst && ReferenceEquals(audit, left))
        {
            _judge.Add(audit, evidence, _both.Found, _both.Activity);
            return [];
        }

        if (left is not null && (isFirst || _waiting.Remove(key)))
        {
            _judge.Add(left, evidence, _after.Found, _after.Activity);
        }

        if (!isFirst)
        {
            return [];
        }

        if (left is null && audit.HasAuditId)
        {
            _waiting.Add(key);
        }

        int known = _before.Found.Count;
        _judge.Add(audit, evidence, _before.Found, _before.Activity);
        return left is null ? System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_before.Found)[known..] : [];
    }

    /// <summary>All detections before and after, those of correlations among them. The capture is over.</summary>
    public (IReadOnlyList<Detection> Before, IReadOnlyList<Detection> After) Finish() => (Finish(_before), Finish(_after));

    private Detection[] Finish(Side own)
    {
        // Logs merge to the same in any order.
        own.Activity.Merge(_both.Activity);
        return
        [
            .. _both.Found.Concat(own.Found).OrderBy(static one => one.Time).ThenBy(static one => one.Id, StringComparer.Ordinal),
            .. new CorrelationEngine(rules.Correlations, model?.Activity ?? ActivityHistory.Empty)
                .Evaluate(own.Activity, DateTimeOffset.MinValue, own.Activity.End),
        ];
    }

    private sealed class Side
    {
        internal List<Detection> Found { get; } = [];

        internal ActivityLog Activity { get; } = new();
    }
}
