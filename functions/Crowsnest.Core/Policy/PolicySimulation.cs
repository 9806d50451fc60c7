using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Core.Policy;

/// <summary>
/// What a capture would have been under another policy: what is left of it, what is no longer found in it, and what would be in it
/// that should not. An event is never made larger than it is. Not thread-safe.
/// </summary>
/// <param name="decide">What is logged of an event.</param>
/// <param name="rules">The rules to judge by.</param>
/// <param name="model">The model to judge by, or null.</param>
/// <param name="falseAlertsPerDay">The budget that the model's threshold is set for.</param>
public sealed class PolicySimulation(
    Func<AuditEvent, PolicyRequest, PolicyDecision> decide,
    RuleSet rules,
    AnomalyModel? model = null,
    double falseAlertsPerDay = Judge.DefaultFalseAlertsPerDay)
{
    private readonly JudgedCapture _judged = new(rules, model, falseAlertsPerDay);
    private readonly Dictionary<int, Volume> _byRule = [];
    private readonly Dictionary<(int Rule, RequestKind Kind), Volume> _byRuleAndKind = [];
    private readonly Dictionary<string, Volume> _byCategory = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Volume> _byPrincipal = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Kind, string What, int Rule), int> _leaks = [];
    private readonly Dictionary<(int Rule, string Principal), int> _dropped = [];
    private readonly SimulationMemo _memo = new();
    private DateTimeOffset _first = DateTimeOffset.MaxValue;
    private DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>Simulates a policy.</summary>
    public static PolicySimulation Of(
        AuditPolicy policy,
        RuleSet rules,
        AnomalyModel? model = null,
        double falseAlertsPerDay = Judge.DefaultFalseAlertsPerDay) =>
        new((_, request) => policy.Decide(request), rules, model, falseAlertsPerDay);

    /// <summary>All of it.</summary>
    public Volume Total { get; } = new();

    /// <summary>By number of the policy's rule; 0 where none matched.</summary>
    public IReadOnlyDictionary<int, Volume> ByRule => _byRule;

    /// <summary>By number of the policy's rule and kind of request.</summary>
    public IReadOnlyDictionary<(int Rule, RequestKind Kind), Volume> ByRuleAndKind => _byRuleAndKind;

    /// <summary>By kind of request: reads (get, list and watch, which kube-audit-admin leaves out) and the others.</summary>
    public IReadOnlyDictionary<string, Volume> ByCategory => _byCategory;

    /// <summary>By who is judged for it.</summary>
    public IReadOnlyDictionary<string, Volume> ByPrincipal => _byPrincipal;

    /// <summary>Requests whose credentials the policy would put into the log, by kind, what it is, and rule of the policy.</summary>
    public IReadOnlyDictionary<(string Kind, string What, int Rule), int> Leaks => _leaks;

    /// <summary>Detections of events that the policy drops, by its rule and by principal.</summary>
    public IReadOnlyDictionary<(int Rule, string Principal), int> Dropped => _dropped;

    /// <summary>What the capture shows of the rules.</summary>
    public CaptureFacts FactsBefore { get; } = new();

    /// <summary>What would be left to show.</summary>
    public CaptureFacts FactsAfter { get; } = new();

    /// <summary>What was asked for in the capture, and what the policy says of it.</summary>
    public CaptureCells Cells { get; } = new();

    /// <summary>Time of the first event.</summary>
    public DateTimeOffset First => _first;

    /// <summary>Time of the last event.</summary>
    public DateTimeOffset Last => _last;

    /// <summary>How many days of events the capture is; at least an hour of one.</summary>
    public double Days => Math.Max(1 / 24.0, (_last - _first).TotalDays);

    /// <summary>Adds an event of any stage.</summary>
    /// <returns>What the policy would leave of it, or null.</returns>
    public AuditEvent? Add(AuditEvent audit, Evidence evidence)
    {
        _first = audit.Time < _first ? audit.Time : _first;
        _last = audit.Time > _last ? audit.Time : _last;
        SimulationMemo.Entry seen = _memo.Find(audit) ?? _memo.Keep(audit, Of(audit));
        PolicyDecision decision = seen.Decision;
        AuditEvent? left = decision.Logs(audit.Stage) ? EventTrimmer.Trim(audit, decision.Level, decision.OmitManagedFields) : null;
        Count(audit, seen, left);
        foreach (Detection lost in _judged.Add(audit, left, evidence))
        {
            (int, string) key = (decision.Rule?.Number ?? 0, audit.Principal);
            _dropped[key] = _dropped.GetValueOrDefault(key) + (lost.Id.Length > 0 ? 1 : 0);
        }

        return left;
    }

    /// <summary>The detections of the capture as it is, and those that are lost or degraded. The capture is over.</summary>
    public (IReadOnlyList<Detection> Before, IReadOnlyList<Detection> After, IReadOnlyList<LostDetection> Lost) Finish()
    {
        (IReadOnlyList<Detection> before, IReadOnlyList<Detection> after) = _judged.Finish();
        return (before, after, LostDetection.Between(before, after));
    }

    private SimulationMemo.Entry Of(AuditEvent audit)
    {
        PolicyRequest request = PolicyRequest.Of(audit);
        PolicyDecision decision = decide(audit, request);
        int rule = decision.Rule?.Number ?? 0;
        RequestKind kind = RequestKind.Of(request);
        string category = audit.Verb is "get" or "list" or "watch" ? "reads" : "other requests";
        Volume cell = Cells.Of(request);
        Volume[] volumes =
        [
            Total, Of(_byRule, rule), Of(_byCategory, category), Of(_byPrincipal, audit.Principal), cell,
            Cells.All.ContainsKey(kind) ? Of(_byRuleAndKind, (rule, kind)) : new Volume(),
        ];
        return new SimulationMemo.Entry(audit, decision, volumes, SecretBodies.Of(request, decision.Level), kind.ToString());
    }

    private void Count(AuditEvent audit, SimulationMemo.Entry seen, AuditEvent? left)
    {
        // Lines end with a line feed.
        int before = audit.Json.Length + 1;
        int? after = left?.Json.Length + 1;
        bool isLarger = left is not null && audit.IsWhole && seen.Decision.Level > audit.Level && audit.Level >= AuditLevel.Metadata;
        foreach (Volume volume in seen.Volumes)
        {
            volume.Add(before, after, isLarger);
        }

        if (seen.Leak.Length > 0 && audit.Stage != AuditStage.RequestReceived && audit.ResponseCode < 400 && left is not null)
        {
            (string, string, int) key = (seen.Kind, seen.Leak, seen.Decision.Rule?.Number ?? 0);
            _leaks[key] = _leaks.GetValueOrDefault(key) + 1;
        }

        if (audit.HasOutcome)
        {
            seen.Show(FactsBefore, audit, isLeft: false);
            if (left is not null)
            {
                seen.Show(FactsAfter, left, isLeft: true);
            }
        }
    }

    private static Volume Of<TKey>(Dictionary<TKey, Volume> volumes, TKey key)
        where TKey : notnull
    {
        if (!volumes.TryGetValue(key, out Volume? volume))
        {
            volumes.Add(key, volume = new Volume());
        }

        return volume;
    }
}
