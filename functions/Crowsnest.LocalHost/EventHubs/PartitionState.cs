namespace Crowsnest.LocalHost.EventHubs;

/// <summary>What a partition says of itself.</summary>
/// <param name="BeginSequenceNumber">Sequence number of the oldest message that is left.</param>
/// <param name="Last">The newest message, or null when there has never been one.</param>
/// <param name="ReadAt">When it said so.</param>
internal readonly record struct PartitionState(long BeginSequenceNumber, RecordMark? Last, DateTime ReadAt)
{
    internal long LastSequenceNumber => Last?.SequenceNumber ?? -1;

    /// <summary>The offset as text; "-1" before the first message, as in Azure.</summary>
    internal string LastOffset => Last is { } last ? $"{last.Offset}" : "-1";

    internal DateTime LastEnqueuedTime => Last?.EnqueuedTime ?? DateTime.UnixEpoch;
}
