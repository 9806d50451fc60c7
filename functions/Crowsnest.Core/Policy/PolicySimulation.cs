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
    private readonly AuditEventParser _parser = new();
    private readonly JudgedCapture _before = new(rules, model, falseAlertsPerDay);
    private readonly JudgedCapture _after = new(rules, model, falseAlertsPerDay);
    private readonly Dictionary<int, Volume> _byRule = [];
    private readonly Dictionary<string, Volume> _byCategory = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Volume> _byPrincipal = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Kind, string What, int Rule), int> _leaks = [];
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

    /// <summary>By kind of request: reads (get, list and watch, which kube-audit-admin leaves out) and the others.</summary>
    public IReadOnlyDictionary<string, Volume> ByCategory => _byCategory;

    /// <summary>By who is judged for it.</summary>
    public IReadOnlyDictionary<string, Volume> ByPrincipal => _byPrincipal;

    /// <summary>Requests whose credentials the policy would put into the log, by kind, what it is, and rule of the policy.</summary>
    public IReadOnlyDictionary<(string Kind, string What, int Rule), int> Leaks => _leaks;

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
    public void Add(AuditEvent audit, Evidence evidence)
    {
        _first = audit.Time < _first ? audit.Time : _first;
        _last = audit.Time > _last ? audit.Time : _last;
        PolicyRequest request = PolicyRequest.Of(audit);
        PolicyDecision decision = decide(audit, request);
        bool isLogged = decision.Logs(audit.Stage);
        ReadOnlyMemory<byte> left = isLogged ? EventTrimmer.Trim(audit, decision.Level, decision.OmitManagedFields) : default;
        Count(audit, request, decision, isLogged ? left.Length : null);

        _before.Add(audit, evidence);
        if (audit.HasOutcome)
        {
            FactsBefore.Add(audit);
        }

        if (!isLogged)
        {
            return;
        }

        AuditEvent kept = left.Equals(audit.Json) ? audit : Again(audit, left);
        _after.Add(kept, evidence);
        if (audit.HasOutcome)
        {
            FactsAfter.Add(kept);
        }
    }

    /// <summary>The detections of the capture as it is, and those that are lost or degraded. The capture is over.</summary>
    public (IReadOnlyList<Detection> Before, IReadOnlyList<Detection> After, IReadOnlyList<LostDetection> Lost) Finish()
    {
        IReadOnlyList<Detection> before = _before.Finish();
        IReadOnlyList<Detection> after = _after.Finish();
        return (before, after, LostDetection.Between(before, after));
    }

    private void Count(AuditEvent audit, PolicyRequest request, PolicyDecision decision, int? left)
    {
        // Lines end with a line feed.
        int before = audit.Json.Length + 1;
        int? after = left + 1;
        bool isLarger = left is not null && audit.IsWhole && decision.Level > audit.Level && audit.Level >= AuditLevel.Metadata;
        int rule = decision.Rule?.Number ?? 0;
        string category = audit.Verb is "get" or "list" or "watch" ? "reads" : "other requests";
        Total.Add(before, after, isLarger);
        Of(_byRule, rule).Add(before, after, isLarger);
        Of(_byCategory, category).Add(before, after, isLarger);
        Of(_byPrincipal, audit.Principal).Add(before, after, isLarger);
        Cells.Add(audit, request, before);
        if (audit.Stage != AuditStage.RequestReceived && audit.ResponseCode < 400 && left is not null
            && SecretBodies.Of(request, decision.Level) is { Length: > 0 } what)
        {
            string kind = $"{request.Verb} {request.Resource}{(request.Subresource.Length > 0 ? "/" : "")}{request.Subresource}";
            _leaks[(kind, what, rule)] = _leaks.GetValueOrDefault((kind, what, rule)) + 1;
        }
    }

    private AuditEvent Again(AuditEvent audit, ReadOnlyMemory<byte> json)
    {
        _ = _parser.Parse(json, audit.Cluster, audit.Time, out AuditEvent? kept);
        if (kept is null)
        {
            return audit;
        }

        if (kept.Time != audit.Time)
        {
            kept.JudgeAt(audit.Time);
        }

        kept.IsAks = audit.IsAks;
        return kept;
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
