namespace Crowsnest.Core.Archiving;

/// <summary>A blob to write.</summary>
/// <param name="Path">Path in the archive container.</param>
/// <param name="Content">Gzip of JSON lines.</param>
/// <param name="Lines">Number of lines.</param>
public sealed record ArchiveBlob(string Path, byte[] Content, int Lines);
