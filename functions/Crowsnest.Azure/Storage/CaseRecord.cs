using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Storage;

/// <summary>The record of the work on an incident, and where it stands by that.</summary>
/// <param name="Entries">Its lines in order of time.</param>
public sealed record CaseRecord(IReadOnlyList<CaseEntry> Entries)
{
    /// <summary>That of an incident that nobody has touched.</summary>
    public static CaseRecord Untouched { get; } = new([]);

    public CaseState State => Entries.LastOrDefault(static entry => entry.State is not null)?.State ?? CaseState.New;

    /// <summary>Who has it; empty for nobody.</summary>
    public string Owner => Entries.LastOrDefault(static entry => entry.Owner is not null)?.Owner ?? "";

    /// <summary>The id of the incident that it belongs to, when it was closed as a duplicate; else empty.</summary>
    public string DuplicateOf => State == CaseState.Duplicate
        ? Entries.Last(static entry => entry.State is not null).DuplicateOf ?? "" : "";

    public bool IsOpen => State is CaseState.New or CaseState.InProgress;
}
