using Crowsnest.Core.Detections;

namespace Crowsnest.Azure.Storage;

/// <summary>A line of the journal: what became of one alert.</summary>
/// <param name="At">When, by the clock.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Cluster">The cluster.</param>
/// <param name="Incident">Id of the incident.</param>
/// <param name="Day">The day on which the incident began.</param>
/// <param name="Revision">Which alert about it.</param>
/// <param name="Severity">The incident's severity.</param>
/// <param name="Title">The incident's title.</param>
/// <param name="By">The channel, or the id of the suppression.</param>
/// <param name="Detail">Why, if it was not sent.</param>
/// <param name="Findings">How many detections were held back, for a suppression.</param>
public sealed record JournalEntry(
    DateTimeOffset At,
    JournalKind Kind,
    string Cluster,
    string Incident,
    DateOnly Day,
    int Revision,
    Severity Severity,
    string Title,
    string By,
    string Detail,
    int Findings = 0);
