using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>What an actor did on a day.</summary>
/// <param name="Detections">In order of time.</param>
/// <param name="Omitted">What there is more of, only counted; none of it matters by itself.</param>
public sealed record ActorFindings(IReadOnlyList<Detection> Detections, IReadOnlyList<OmittedFindings> Omitted);
