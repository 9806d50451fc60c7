using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Archiving;

/// <summary>What a batch becomes in the archive.</summary>
/// <param name="Blobs">What to write, before anything else happens to the batch.</param>
/// <param name="Evidence">For each record of the batch, where it will lie.</param>
public sealed record ArchivedBatch(IReadOnlyList<ArchiveBlob> Blobs, IReadOnlyList<Evidence> Evidence);
