namespace Crowsnest.LocalHost.EventHubs;

/// <summary>A message as it was read from the log: encoded, with all its annotations.</summary>
internal readonly record struct LogRecord(RecordMark Mark, ArraySegment<byte> Message);
