using Crowsnest.Azure.Storage;
using Crowsnest.Core.Incidents;

namespace Crowsnest.Azure.Feedback;

/// <summary>Keeps the records of the work on incidents, and tells the training what was found out.</summary>
public sealed class CaseDesk(CaseTable cases, FeedbackTable feedback, TimeProvider clock)
{
    /// <summary>Longest note, owner and author, in characters.</summary>
    public const int LongestNote = 4_000;

    public const int LongestName = 200;

    public Task<CaseRecord> ReadAsync(Incident incident, CancellationToken cancellationToken) =>
        cases.ReadAsync(incident, cancellationToken);

    /// <summary>Adds a change to the record of an incident. The next training goes by what it was closed as.</summary>
    /// <returns>What is wrong with the change, or null when it was recorded.</returns>
    public async Task<string?> ChangeAsync(Incident incident, CaseChange change, CancellationToken cancellationToken)
    {
        if (Problem(incident, change) is { } problem)
        {
            return problem;
        }

        DateTimeOffset now = clock.GetUtcNow();
        CaseState before = (await cases.ReadAsync(incident, cancellationToken)).State;
        switch (change.State)
        {
            case CaseState.Attack or CaseState.Expected:
                await feedback.WriteAsync(
                    incident.Cluster,
                    incident.Id,
                    change.State == CaseState.Attack ? Answer.Attack : Answer.Expected,
                    change.Author,
                    change.Note,
                    now,
                    cancellationToken);
                break;
            case not null when before is CaseState.Attack or CaseState.Expected:
                await feedback.RemoveAsync(incident.Cluster, incident.Id, cancellationToken);
                break;
        }

        await cases.AddAsync(
            incident.Parts[0],
            new CaseEntry(
                now,
                change.Author,
                change.Note,
                change.State,
                change.Owner,
                change.State == CaseState.Duplicate ? change.DuplicateOf : null),
            cancellationToken);
        return null;
    }

    private static string? Problem(Incident incident, CaseChange change) =>
        change.Author.Length is 0 or > LongestName ? $"Give a name of at most {LongestName} characters."
        : change.Owner?.Length > LongestName ? $"An owner has at most {LongestName} characters."
        : change.Note.Length > LongestNote ? $"A note has at most {LongestNote} characters."
        : change.State is null && change.Owner is null && change.Note.Length == 0
            ? "There is nothing to record: write a note or change something."
        : change.State is { } state && !Enum.IsDefined(state) ? "There is no such state."
        : change.State is CaseState.Attack or CaseState.Expected or CaseState.Duplicate && change.Note.Length == 0
            ? "Say why it is closed: whoever meets the like next reads it."
        : change.State == CaseState.Duplicate && (change.DuplicateOf.Length == 0 || change.DuplicateOf == incident.Id)
            ? "Give the id of the incident that this one belongs to."
        : null;
}
