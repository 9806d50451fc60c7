using Azure.Data.Tables;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Correlation;

/// <summary>What a look at surges has changed.</summary>
/// <param name="Days">The days of actors whose detections have changed, and how grave the change is.</param>
/// <param name="Found">What to remember of it once they are marked.</param>
/// <param name="Refuted">What to forget.</param>
public sealed record SurgeChanges(
    IReadOnlyCollection<(ActorDay Day, Severity Severity)> Days,
    IReadOnlyList<TableEntity> Found,
    IReadOnlyList<TableEntity> Refuted);
