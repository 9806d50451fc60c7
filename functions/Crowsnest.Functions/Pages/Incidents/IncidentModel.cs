using Crowsnest.Azure.Incidents;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Functions.Pages.Incidents;

/// <summary>What the page of an incident shows.</summary>
/// <param name="Incident">The incident with all its findings.</param>
/// <param name="Content">What an alert about it says.</param>
/// <param name="Case">The record of the work on it.</param>
/// <param name="Similar">Others that are led by the same finding, or have the same first actor.</param>
/// <param name="Findings">The findings to show: of the time asked for, the gravest if there are too many, in order of time.</param>
/// <param name="Hidden">How many of that time are not shown.</param>
/// <param name="From">The first time asked for, or null for all.</param>
/// <param name="To">The last time asked for, or null for all.</param>
/// <param name="Problem">Why what was posted was not recorded, or empty.</param>
public sealed record IncidentModel(
    Incident Incident,
    AlertContent Content,
    CaseRecord Case,
    IReadOnlyList<ListedIncident> Similar,
    IReadOnlyList<Detection> Findings,
    int Hidden,
    DateTimeOffset? From,
    DateTimeOffset? To,
    string Problem);
