namespace Crowsnest.Core.Detections;

/// <summary>Where the raw record lies.</summary>
/// <param name="Blob">Path in the archive container, or the file that was read.</param>
/// <param name="Line">Line in it, from 1.</param>
public sealed record Evidence(string Blob, int Line);
