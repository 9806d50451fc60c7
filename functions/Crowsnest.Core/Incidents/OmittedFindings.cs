namespace Crowsnest.Core.Incidents;

/// <summary>Lesser findings of one rule that are kept, but only counted here: there are too many to read.</summary>
/// <param name="Rule">Title of the rule.</param>
/// <param name="Count">How many.</param>
/// <param name="IsMore">True when there are more than were counted.</param>
/// <param name="First">Event time of the first.</param>
/// <param name="Last">Event time of the last that was counted.</param>
public sealed record OmittedFindings(string Rule, int Count, bool IsMore, DateTimeOffset First, DateTimeOffset Last);
