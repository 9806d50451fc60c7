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

    /// <summary>Gzip that can't be unpacked, or that unpacks to more than a message may hold.</summary>
    BadGzip,

    /// <summary>A message that failed for its own sake, however often it was tried.</summary>
    KeptFailing,
}
