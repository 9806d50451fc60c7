namespace Crowsnest.Azure.Storage;

/// <summary>A file of the archive.</summary>
/// <param name="Path">Its path, with slashes, below the archive.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="ETag">Another one when its content is another.</param>
public sealed record ArchiveItem(string Path, long Length, string ETag);
