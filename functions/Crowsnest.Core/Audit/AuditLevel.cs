namespace Crowsnest.Core.Audit;

/// <summary>How much the audit policy recorded of a request. Never a condition of a rule: clusters differ.</summary>
public enum AuditLevel
{
    Unknown,
    None,
    Metadata,
    Request,
    RequestResponse,
}
