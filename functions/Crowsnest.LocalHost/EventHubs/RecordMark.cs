namespace Crowsnest.LocalHost.EventHubs;

/// <summary>Where and when a message stands in its partition.</summary>
/// <param name="SequenceNumber">Counts the messages of the partition from 0.</param>
/// <param name="Offset">Bytes of the log before the message; files that have gone count as well.</param>
/// <param name="EnqueuedAt">Milliseconds since 1970, the precision of AMQP. Never less than those of the message before.</param>
internal readonly record struct RecordMark(long SequenceNumber, long Offset, long EnqueuedAt)
{
    internal DateTime EnqueuedTime => DateTime.UnixEpoch.AddMilliseconds(EnqueuedAt);
}
