namespace Crowsnest.Core.Ledger;

/// <summary>A line of the ledger.</summary>
/// <param name="Key">What is counted.</param>
/// <param name="Example">Where the first request's record lies.</param>
/// <param name="AuditId">The first request's auditID.</param>
/// <param name="First">Event time of the first.</param>
public sealed record LedgerEntry(LedgerKey Key, Detections.Evidence Example, string AuditId, DateTimeOffset First)
{
    /// <summary>How many requests.</summary>
    public long Count { get; internal set; }

    /// <summary>Event time of the last.</summary>
    public DateTimeOffset Last { get; internal set; }
}
