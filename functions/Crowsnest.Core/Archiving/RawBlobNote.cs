namespace Crowsnest.Core.Archiving;

/// <summary>A raw blob in a manifest.</summary>
/// <param name="Blob">Its path.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Sha256">Hash of them, in hex.</param>
/// <param name="Records">Lines in it.</param>
/// <param name="Events">Audit events among them.</param>
public sealed record RawBlobNote(string Blob, long Length, string Sha256, int Records, int Events);
