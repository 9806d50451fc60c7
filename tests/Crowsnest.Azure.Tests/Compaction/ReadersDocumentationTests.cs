using System.Text.RegularExpressions;
using Crowsnest.Azure.Columns;
using Crowsnest.Testing;

namespace Crowsnest.Azure.Tests.Compaction;

/// <summary>The statements of docs/archive.md, ready to paste, name the columns that are written, with types that hold them.</summary>
public sealed partial class ReadersDocumentationTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(RepositoryFiles.Root, "docs", "archive.md")).ReplaceLineEndings("\n");

    public static TheoryData<string, string, string> Statements => new()
    {
        { "events", ".create-or-alter external table crowsnest_events (", "kql" },
        { "ledger", ".create-or-alter external table crowsnest_ledger (", "kql" },
        { "events", "externaldata (", "kql" },
        { "events", "archive/events/cluster=*/date=*/hour=*.parquet') WITH (", "tsql" },
        { "ledger", "archive/ledger/cluster=*/date=*/hour=*.parquet') WITH (", "tsql" },
        { "events", "CREATE TABLE crowsnest_events (", "spark" },
        { "ledger", "CREATE TABLE crowsnest_ledger (", "spark" },
    };

    [Theory]
    [MemberData(nameof(Statements))]
    public void Statement_NamesTheColumnsThatAreWritten(string table, string begin, string language)
    {
        int start = Document.IndexOf(begin, StringComparison.Ordinal);
        Assert.True(start > 0, $"there is no statement {begin}");
        start += begin.Length;
        int end = Document.IndexOf(")\n", start, StringComparison.Ordinal);
        end = Document.IndexOf(") AS rows", start, StringComparison.Ordinal) is > 0 and int rows && rows < end ? rows : end;

        List<(string, string)> named =
        [
            .. Column().Matches(Document[start..end]).Select(static column => (column.Groups["name"].Value, column.Groups["type"].Value)),
        ];

        List<(string, string)> written = [.. Columns(table).Select(column => (column.Name, TypeOf(column, language)))];
        if (language == "spark")
        {
            written.AddRange([("cluster", "STRING"), ("date", "DATE")]);
        }

        Assert.Equal(written, named);
    }

    // The table of columns that people read.
    [Theory]
    [InlineData("events")]
    [InlineData("ledger")]
    public void Table_NamesTheColumnsThatAreWrittenInTheirOrder(string table)
    {
        int start = Document.IndexOf($"\n### {table}\n", StringComparison.Ordinal);
        string section = Document[start..Document.IndexOf("\n##", start + 5, StringComparison.Ordinal)];
        IEnumerable<string> named = section.Split('\n').Where(static line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(static line => Named().Matches(line.Split('|')[1]).Select(static name => name.Groups[1].Value));

        Assert.Equal(Columns(table).Select(static column => column.Name), named);
    }

    private static IReadOnlyList<Column> Columns(string table) => table == "events" ? EventFile.Columns : LedgerFile.Columns;

    private static string TypeOf(Column column, string language) => (language, column.Type) switch
    {
        ("kql", ColumnType.Int32) => "int",
        ("kql", ColumnType.Int64) => "long",
        ("kql", ColumnType.Time) => "datetime",
        ("kql", _) => "string",
        ("tsql", ColumnType.Int32) => "int",
        ("tsql", ColumnType.Int64) => "bigint",
        ("tsql", ColumnType.Time) => "datetime2(6)",
        ("tsql", _) => column.Name == "json" ? "varchar(max)" : "varchar(8000)",
        (_, ColumnType.Int32) => "INT",
        (_, ColumnType.Int64) => "BIGINT",
        (_, ColumnType.Time) => "TIMESTAMP",
        _ => "STRING",
    };

    [GeneratedRegex(@"[\['`]*(?<name>\w+)[\]'`]*(:|\s)\s*(?<type>\w+(\(\w+\))?)(,|$)")]
    private static partial Regex Column();

    [GeneratedRegex("`(\\w+)`")]
    private static partial Regex Named();
}
