namespace Crowsnest.Core.Audit;

/// <summary>The fields of an event that are read. Containers first, then texts.</summary>
internal enum AuditField
{
    Unknown,
    User,
    ImpersonatedUser,
    SourceIPs,
    ObjectRef,
    ResponseStatus,
    RequestObject,
    ResponseObject,
    Annotations,
    AuditId,
    Stage,
    Level,
    Verb,
    RequestUri,
    UserAgent,
    RequestReceivedTimestamp,
    StageTimestamp,
    Timestamp,
}
