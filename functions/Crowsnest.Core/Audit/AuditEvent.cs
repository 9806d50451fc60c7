namespace Crowsnest.Core.Audit;

/// <summary>
/// One audit event of the API server (audit.k8s.io/v1, v1beta1). Text that the event lacks is empty, never null.
/// The bodies are slices of the received bytes and live only as long as the batch they came in.
/// </summary>
public sealed class AuditEvent
{
    public string Cluster { get; set; } = "";

    public string AuditId { get; set; } = "";

    public AuditStage Stage { get; set; }

    public AuditLevel Level { get; set; }

    public string Verb { get; set; } = "";

    public string RequestUri { get; set; } = "";

    public string UserAgent { get; set; } = "";

    /// <summary>The authenticated identity.</summary>
    public AuditUser User { get; set; } = AuditUser.None;

    /// <summary>The identity assumed with Impersonate headers, or null.</summary>
    public AuditUser? ImpersonatedUser { get; set; }

    /// <summary>As logged: X-Forwarded-For, X-Real-Ip, then the TCP peer. All but the last can be set by the client.</summary>
    public IReadOnlyList<string> SourceIPs { get; set; } = [];

    public ObjectRef ObjectRef { get; set; } = ObjectRef.None;

    /// <summary>The HTTP status, or 0 when the event carries none.</summary>
    public int ResponseCode { get; set; }

    public string ResponseReason { get; set; } = "";

    public IReadOnlyList<KeyValuePair<string, string>> Annotations { get; set; } = [];

    /// <summary>The whole event as it was read.</summary>
    public ReadOnlyMemory<byte> Json { get; set; }

    /// <summary>JSON of the request body; empty when the level, a cut or the platform left it out.</summary>
    public ReadOnlyMemory<byte> RequestObject { get; set; }

    /// <summary>JSON of the response body; empty when the level, a cut or the platform left it out.</summary>
    public ReadOnlyMemory<byte> ResponseObject { get; set; }

    /// <summary>When the API server received the request; the envelope's time when the event was cut.</summary>
    public DateTimeOffset Time { get; set; }

    /// <summary>True when the platform cut the event and the rest had to be given up.</summary>
    public bool Truncated { get; set; }

    /// <summary>Who is judged: the authenticated user, or <c>system:anonymous</c> when authentication failed.</summary>
    public string Principal { get; set; } = "";

    public PrincipalClass PrincipalClass { get; set; }

    /// <summary>The address the request really came from, as far as it can be known; empty when none was logged.</summary>
    public string ClientAddress { get; set; } = "";

    /// <summary>True when the event says how the request ended, which is when it is judged.</summary>
    public bool HasOutcome => Stage is AuditStage.ResponseStarted or AuditStage.ResponseComplete or AuditStage.Panic;

    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete" or "deletecollection";

    /// <summary>Finds an annotation; keys contain dots, so they are matched whole.</summary>
    public string Annotation(string key)
    {
        foreach (KeyValuePair<string, string> annotation in Annotations)
        {
            if (string.Equals(annotation.Key, key, StringComparison.Ordinal))
            {
                return annotation.Value;
            }
        }

        return "";
    }
}
