using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>A line of the record of the work on an incident. Lines are added and never changed.</summary>
/// <param name="At">When, by the clock, UTC.</param>
/// <param name="Author">Who.</param>
/// <param name="Note">What they say, or empty.</param>
/// <param name="State">Where the work stands from now on; null when it stays.</param>
/// <param name="Owner">Who has it from now on, empty for nobody; null when it stays.</param>
/// <param name="DuplicateOf">The id of the incident that it belongs to, for <see cref="CaseState.Duplicate"/>; else null.</param>
public sealed record CaseEntry(
    DateTimeOffset At,
    string Author,
    string Note,
    CaseState? State = null,
    string? Owner = null,
    string? DuplicateOf = null);
