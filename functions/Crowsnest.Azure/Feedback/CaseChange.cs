using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Feedback;

/// <summary>What somebody changes about the work on an incident.</summary>
/// <param name="Author">Who.</param>
/// <param name="Note">What they say, or empty.</param>
/// <param name="State">Where the work stands from now on; null when it stays.</param>
/// <param name="Owner">Who has it from now on, empty for nobody; null when it stays.</param>
/// <param name="DuplicateOf">The id of the incident that it belongs to, for a duplicate; else empty.</param>
public sealed record CaseChange(string Author, string Note, CaseState? State = null, string? Owner = null, string DuplicateOf = "");
