namespace Crowsnest.Core.Intake;

/// <summary>Names the formats that are known and not read, so that whoever sends them learns why.</summary>
internal static class ForeignFormat
{
    /// <summary>The reason for setting a record aside.</summary>
    internal static QuarantineReason Of(ReadOnlySpan<byte> raw, QuarantineReason otherwise) =>
        IsGoogleCloudAudit(raw) ? QuarantineReason.GoogleCloudAudit : otherwise;

    /// <summary>True for an entry of Cloud Audit Logs, as the API gives it, as BigQuery keeps it, or within a wrapper.</summary>
    internal static bool IsGoogleCloudAudit(ReadOnlySpan<byte> raw) =>
        raw.IndexOf("google.cloud.audit.AuditLog"u8) >= 0 || raw.IndexOf("protopayload_auditlog"u8) >= 0
        || (raw.IndexOf("protoPayload"u8) >= 0 && raw.IndexOf("cloudaudit.googleapis.com"u8) >= 0);
}
