using System.Text.Json;

namespace Crowsnest.Core.Audit;

/// <summary>Finds fields by their names; the length tells most of them apart.</summary>
internal static class AuditFields
{
    /// <summary>The field whose name the reader stands on.</summary>
    internal static AuditField Find(ref Utf8JsonReader reader)
    {
        ReadOnlySpan<byte> name = reader.ValueSpan;
        return name.Length switch
        {
            4 when name.SequenceEqual("verb"u8) => AuditField.Verb,
            4 when name.SequenceEqual("user"u8) => AuditField.User,
            5 when name.SequenceEqual("stage"u8) => AuditField.Stage,
            5 when name.SequenceEqual("level"u8) => AuditField.Level,
            7 when name.SequenceEqual("auditID"u8) => AuditField.AuditId,
            9 when name.SequenceEqual("objectRef"u8) => AuditField.ObjectRef,
            9 when name.SequenceEqual("sourceIPs"u8) => AuditField.SourceIPs,
            9 when name.SequenceEqual("userAgent"u8) => AuditField.UserAgent,
            9 when name.SequenceEqual("timestamp"u8) => AuditField.Timestamp,
            10 when name.SequenceEqual("requestURI"u8) => AuditField.RequestUri,
            11 when name.SequenceEqual("annotations"u8) => AuditField.Annotations,
            13 when name.SequenceEqual("requestObject"u8) => AuditField.RequestObject,
            14 when name.SequenceEqual("responseObject"u8) => AuditField.ResponseObject,
            14 when name.SequenceEqual("responseStatus"u8) => AuditField.ResponseStatus,
            14 when name.SequenceEqual("stageTimestamp"u8) => AuditField.StageTimestamp,
            16 when name.SequenceEqual("impersonatedUser"u8) => AuditField.ImpersonatedUser,
            24 when name.SequenceEqual("requestReceivedTimestamp"u8) => AuditField.RequestReceivedTimestamp,
            _ => AuditField.Unknown,
        };
    }

    internal static bool IsTime(AuditField field) => field >= AuditField.RequestReceivedTimestamp;

    internal static bool IsContainer(AuditField field) => field is > AuditField.Unknown and < AuditField.AuditId;
}
