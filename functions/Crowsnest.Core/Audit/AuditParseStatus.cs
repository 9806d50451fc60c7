namespace Crowsnest.Core.Audit;

/// <summary>How far an audit event could be read.</summary>
public enum AuditParseStatus
{
    /// <summary>Read whole.</summary>
    Parsed,

    /// <summary>Cut or broken after its identity and verb: what came before is kept and judged.</summary>
    Salvaged,

    /// <summary>Not JSON, or broken before anything useful.</summary>
    Unreadable,

    /// <summary>JSON, but not an audit event.</summary>
    NotAnAuditEvent,
}
