using System.Buffers.Binary;
using System.Security.Cryptography;

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
    bool IsOfOneCluster = false)
{
    /// <summary>The place of a message that has none of its own. It follows from its content, never from a clock or from chance.</summary>
    public static long PlaceOf(ReadOnlySpan<byte> body) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(body)) & long.MaxValue;
}
