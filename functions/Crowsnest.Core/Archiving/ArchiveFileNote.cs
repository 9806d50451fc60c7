namespace Crowsnest.Core.Archiving;

/// <summary>A cluster's hour of event time in a manifest: its files as they stood when the manifest was written.</summary>
/// <param name="Events">Path of the events.</param>
/// <param name="Rows">Events in the file.</param>
/// <param name="KeySum">Sum of their keys, in hex; see <see cref="Archiving.KeySum"/>.</param>
/// <param name="Sha256">Path and hash of each file made of them: events, ledger, training.</param>
public sealed record ArchiveFileNote(string Events, long Rows, string KeySum, IReadOnlyDictionary<string, string> Sha256);
