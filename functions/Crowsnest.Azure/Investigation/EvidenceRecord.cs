using Crowsnest.Core.Detections;

namespace Crowsnest.Azure.Investigation;

/// <summary>A record of the archive, and what was found in it.</summary>
/// <param name="Place">Where it lies.</param>
/// <param name="Detections">The detections that name it.</param>
/// <param name="Text">What it says, without credentials; null when the archive no longer has it.</param>
public sealed record EvidenceRecord(Evidence Place, IReadOnlyList<Detection> Detections, string? Text);
