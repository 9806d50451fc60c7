namespace Crowsnest.Azure.Investigation;

/// <summary>A question to the archive; <see cref="Investigator"/> answers it.</summary>
public abstract class Question
{
    private protected Question()
    {
    }

    /// <summary>The question in words.</summary>
    public abstract string Text { get; }

    /// <summary>The time that it is about when its scope says none.</summary>
    internal virtual (DateTimeOffset? From, DateTimeOffset? To) Span => (null, null);

    /// <summary>Answers it.</summary>
    internal abstract Task<(IReadOnlyList<ReportTable> Tables, IReadOnlyList<string> Notes)> AnswerAsync(
        ArchiveReader reader, SurpriseReader? surprise, ArchiveScope scope, CancellationToken cancellationToken);

    /// <summary>The parameters that every query may use.</summary>
    private protected static Dictionary<string, object> Parameters(ArchiveReader reader, ArchiveScope scope) => new()
    {
        ["from"] = reader.Selection.From.UtcDateTime,
        ["to"] = reader.Selection.To.UtcDateTime,
        ["limit"] = (long)scope.Limit + 1,
        ["offset"] = (long)scope.Offset,
    };

    // Whole hours of the ledger count; an hour that the question ends in is counted to its end.
    private protected const string LedgerTime = "\"last\" >= $from AND \"first\" < $to";

    // Each request once, however many events it has.
    private protected const string RequestTime = "time >= $from AND time < $to AND is_request = 1";

    /// <summary>What tells malice from error, beside the counts.</summary>
    private protected static readonly ShownColumn ContextColumn = new(
        "malice or error?",
        "expected {expected}",
        "{surprise}",
        "{others_who_do} others do it",
        "before: {before}",
        "after: {after}");
}
