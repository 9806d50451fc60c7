namespace Crowsnest.Core.Intake;

/// <summary>One Event Hub message.</summary>
/// <param name="Body">As received.</param>
/// <param name="SequenceNumber">Position in its partition.</param>
/// <param name="EnqueuedTime">When the hub took it, UTC.</param>
/// <param name="Cluster">Cluster of records whose envelope names none, or null for the one that is set.</param>
/// <param name="IsOfOneCluster">True when all records are of that cluster, whatever their envelopes say: who sent it may speak for no
/// other.</param>
public readonly record struct HubMessage(
    ReadOnlyMemory<byte> Body,
    long SequenceNumber,
    DateTimeOffset EnqueuedTime,
    string? Cluster = null,
    bool IsOfOneCluster = false);
