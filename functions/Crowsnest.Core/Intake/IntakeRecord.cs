using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Intake;

/// <summary>One record of a message and what became of it.</summary>
/// <param name="Raw">The record's bytes, a slice of the message.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Why, when it is quarantined.</param>
/// <param name="Cluster">The cluster it came from.</param>
/// <param name="Event">The audit event of a parsed or salvaged record.</param>
public readonly record struct IntakeRecord(
    ReadOnlyMemory<byte> Raw,
    IntakeOutcome Outcome,
    QuarantineReason Reason,
    string Cluster,
    AuditEvent? Event)
{
    /// <summary>The log category as the platform names it; empty when the record names none.</summary>
    public string Category { get; init; } = "";

    /// <summary>
    /// True when the event was taken out of a shipper's wrapper or from behind a prefix. The raw bytes may then say the same
    /// a second time, in a place that only the shipper knows.
    /// </summary>
    public bool IsWrapped { get; init; }
}
