namespace Crowsnest.Core.Audit;

/// <summary>The stage at which the API server wrote an audit event (audit.k8s.io/v1).</summary>
public enum AuditStage
{
    Unknown,
    RequestReceived,
    ResponseStarted,
    ResponseComplete,
    Panic,
}
