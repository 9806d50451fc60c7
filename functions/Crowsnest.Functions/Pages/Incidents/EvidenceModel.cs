using Crowsnest.Azure.Investigation;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Functions.Pages.Incidents;

/// <summary>The records behind an incident.</summary>
/// <param name="Incident">The incident.</param>
/// <param name="Records">The records, in order of time.</param>
public sealed record EvidenceModel(Incident Incident, IReadOnlyList<EvidenceRecord> Records);
