namespace Crowsnest.Core.Detections;

/// <summary>One match of one rule or of the model. Its id follows from its content, so writing it twice changes nothing.</summary>
public sealed record Detection
{
    public required string Id { get; init; }

    /// <summary>Event time, UTC.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Time of the first event, for what several events make up; else null.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Time of the last event, for what several events make up; else null.</summary>
    public DateTimeOffset? Until { get; init; }

    public required string Cluster { get; init; }

    public required DetectionSource Source { get; init; }

    public required RuleReference Rule { get; init; }

    public required Severity Severity { get; init; }

    /// <summary>For the model: the natural logarithm of the days in which one event this unusual is expected. For rules 0.</summary>
    public required double Score { get; init; }

    /// <summary>ATT&amp;CK tactics, for example <c>credential-access</c>.</summary>
    public required IReadOnlyList<string> Tactics { get; init; }

    /// <summary>ATT&amp;CK techniques, for example <c>T1552.007</c>.</summary>
    public required IReadOnlyList<string> Techniques { get; init; }

    public required string Principal { get; init; }

    public required string SourceIp { get; init; }

    public required string UserAgent { get; init; }

    public required IReadOnlyList<string> AuditIds { get; init; }

    public required string What { get; init; }

    public required string Who { get; init; }

    public required string FromWhere { get; init; }

    public required string OnWhat { get; init; }

    public required string GoingWhere { get; init; }

    public required IReadOnlyList<Reason> Reasons { get; init; }

    public required IReadOnlyList<Evidence> Evidence { get; init; }

    /// <summary>
    /// True for what a controller of Kubernetes did in answer to somebody's write: part of that, not an act of its own.
    /// </summary>
    public bool IsWriteBack { get; init; }

    /// <summary>True for what was refused: it was tried, and got nothing.</summary>
    public bool IsRefused { get; init; }

    /// <summary>False for what a habit, an operator's design or a model of other days explains: it corroborates nothing.</summary>
    internal bool IsEvidence => !Reasons.Any(static reason => reason.Feature is Reason.Habit or Reason.ByDesign or Reason.Foreign);

    /// <summary>What <see cref="IsWriteBack"/> is called in what was stored before 2026-11-26. Only read.</summary>
    public bool IsEcho
    {
        init => IsWriteBack |= value;
    }

    /// <summary>
    /// The workloads that a write of a pod specification may be about, as namespace/name: what write-backs are linked by.
    /// </summary>
    public IReadOnlyList<string> Workloads { get; init; } = [];

    /// <summary>The identities and pods that the act gave its actor or others a way into; see <c>CausalEntities</c>.</summary>
    public IReadOnlyList<string> Opens { get; init; } = [];

    /// <summary>Besides the principal: the pod that its token belongs to.</summary>
    public IReadOnlyList<string> Uses { get; init; } = [];

    /// <summary>What was acted on; null when it was no object of the API, or several events make the detection up.</summary>
    public TargetObject? Target { get; init; }

    /// <summary>By which grant the API server let it through, in its own words; empty when that was not logged.</summary>
    public string AllowedBy { get; init; } = "";

    /// <summary>Who asked in the principal's name, a proxy or a kubelet; empty when the principal asked.</summary>
    public string Through { get; init; } = "";

    /// <summary>Whom the principal impersonated; empty for nobody.</summary>
    public string ActedAs { get; init; } = "";
}
