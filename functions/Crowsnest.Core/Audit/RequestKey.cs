namespace Crowsnest.Core.Audit;

/// <summary>
/// What makes a request one request. The auditID alone does not: a client may choose it (header Audit-ID), and by sending
/// that of an earlier request it would pass for a repetition. The time at which the API server received it is the server's.
/// </summary>
/// <param name="AuditId">Hash of the auditID. It can be forged, but not together with the time.</param>
/// <param name="Received">Ticks of requestReceivedTimestamp, the same at every stage.</param>
public readonly record struct RequestKey(ulong AuditId, long Received)
{
    public static RequestKey Of(AuditEvent audit) => new(SpanHash.Of64(audit.AuditIdJson), audit.Time.UtcTicks);
}
