namespace Crowsnest.Azure.Investigation;

/// <summary>A table of an answer.</summary>
/// <param name="Name">Its name in JSON.</param>
/// <param name="Title">What it shows, for people.</param>
/// <param name="Columns">Names of its columns, in snake case.</param>
/// <param name="Rows">
/// Its rows; a cell is null, a string, a bool, a long, a double, a <see cref="DateTimeOffset"/> in UTC or a list of such.
/// </param>
/// <param name="HasMore">True when there are more rows than were asked for.</param>
public sealed record ReportTable(
    string Name, string Title, IReadOnlyList<string> Columns, IReadOnlyList<IReadOnlyList<object?>> Rows, bool HasMore = false)
{
    /// <summary>How people see it; empty for each column as it is. Programs get the columns.</summary>
    public IReadOnlyList<ShownColumn> Shown { get; init; } = [];

    /// <summary>The place of a column.</summary>
    internal int Of(string column) => Columns.ToList().IndexOf(column);

    /// <summary>The same with columns at the end.</summary>
    /// <param name="columns">Their names.</param>
    /// <param name="cells">Their cells, a list for each row.</param>
    internal ReportTable With(IReadOnlyList<string> columns, IReadOnlyList<IReadOnlyList<object?>> cells) => this with
    {
        Columns = [.. Columns, .. columns],
        Rows = [.. Rows.Select((row, i) => (IReadOnlyList<object?>)[.. row, .. cells[i]])],
    };

    /// <summary>The same without columns that were only needed on the way.</summary>
    internal ReportTable Without(params ReadOnlySpan<string> columns)
    {
        HashSet<string> dropped = [.. columns];
        int[] kept = [.. Enumerable.Range(0, Columns.Count).Where(i => !dropped.Contains(Columns[i]))];
        return this with
        {
            Columns = [.. kept.Select(i => Columns[i])],
            Rows = [.. Rows.Select(row => (IReadOnlyList<object?>)[.. kept.Select(i => row[i])])],
        };
    }

    /// <summary>The same without credentials in any cell.</summary>
    internal ReportTable Redacted() => this with { Rows = [.. Rows.Select(static row => (IReadOnlyList<object?>)[.. row.Select(Redact)])] };

    private static object? Redact(object? cell) => cell switch
    {
        string text => Core.Detections.Redactor.RedactName(text),
        IReadOnlyList<object?> list => list.Select(Redact).ToList(),
        _ => cell,
    };
}
