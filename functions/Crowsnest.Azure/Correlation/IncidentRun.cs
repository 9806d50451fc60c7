using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Correlation;

/// <summary>What came of bringing incidents up to date.</summary>
/// <param name="Read">The days of actors that were read.</param>
/// <param name="Updated">Incidents that were written.</param>
/// <param name="Alerts">Alerts that were asked for.</param>
/// <param name="Held">Alerts that the budget held back, or that wait in a cluster's first days.</param>
public sealed record IncidentRun(IReadOnlySet<ActorDay> Read, int Updated, int Alerts, int Held);
