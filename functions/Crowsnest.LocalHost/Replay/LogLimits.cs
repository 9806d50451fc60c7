namespace Crowsnest.LocalHost.Replay;

/// <summary>How much of a log is held at a time.</summary>
/// <param name="BatchSize">Bytes of lines that are handed over together. Less than the megabyte that a hub takes in one send, so
/// that a batch is accepted whole or not at all.</param>
/// <param name="LongestLine">A longer line is handed over in pieces, each as if it were a line: nothing is left out, and who an
/// event is about stands in its first piece. The others are marked, so that none is taken for an event.</param>
internal sealed record LogLimits(int BatchSize = 768 << 10, int LongestLine = 768 << 10);
