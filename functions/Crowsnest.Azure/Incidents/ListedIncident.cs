using Crowsnest.Azure.Storage;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Incidents;

/// <summary>An incident of a list.</summary>
/// <param name="Incident">The incident as it stood last, with its leading detection only.</param>
/// <param name="Case">The record of the work on it.</param>
public sealed record ListedIncident(Incident Incident, CaseRecord Case);
