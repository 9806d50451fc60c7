namespace Crowsnest.LocalHost.Hub;

/// <summary>A message in a partition.</summary>
internal sealed record HubEvent(ReadOnlyMemory<byte> Body, long SequenceNumber, DateTimeOffset EnqueuedTime);
