namespace Crowsnest.Core.Intake;

/// <summary>Why a record could not be read.</summary>
public enum QuarantineReason
{
    None,

    /// <summary>The message has no bytes, or white space only.</summary>
    Empty,

    /// <summary>The bytes are not JSON.</summary>
    NotJson,

    /// <summary>JSON that ends before its value does.</summary>
    CutJson,

    /// <summary>JSON, but neither an AKS record nor an audit event.</summary>
    UnknownShape,

    /// <summary>An audit record whose <c>log</c> is not an audit event.</summary>
    NotAnAuditEvent,

    /// <summary>Gzip that is damaged; what could be read of it before that was.</summary>
    BadGzip,

    /// <summary>A message that failed for its own sake, however often it was tried.</summary>
    KeptFailing,

    /// <summary>Gzip that unpacks to more than a message may hold: what lies beyond the limit was not read.</summary>
    TooLarge,

    /// <summary>What stands in a message beyond the number of records that it may hold.</summary>
    TooManyRecords,

    /// <summary>What lies beyond what the messages of one delivery may unpack to, or hold, together.</summary>
    BatchTooLarge,

    /// <summary>An entry of Google's Cloud Audit Logs (GKE), which is another format than the API server's.</summary>
    GoogleCloudAudit,
}
