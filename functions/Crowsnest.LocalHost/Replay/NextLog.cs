namespace Crowsnest.LocalHost.Replay;

/// <summary>The file to read after another.</summary>
/// <param name="Path">Where it is.</param>
/// <param name="Rotated">What is known of it; null for the log itself.</param>
internal sealed record NextLog(string Path, RotatedFile? Rotated);
