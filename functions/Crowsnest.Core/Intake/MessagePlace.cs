namespace Crowsnest.Core.Intake;

/// <summary>Where a message stood in its batch.</summary>
/// <param name="SequenceNumber">Position in its partition.</param>
/// <param name="EnqueuedTime">When the hub took it, UTC.</param>
/// <param name="FirstRecord">Index of its first record; it goes up to that of the next message.</param>
public readonly record struct MessagePlace(long SequenceNumber, DateTimeOffset EnqueuedTime, int FirstRecord);
