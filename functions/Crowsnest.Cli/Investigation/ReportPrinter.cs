using System.Globalization;
using System.Text;
using Crowsnest.Azure.Investigation;
using Crowsnest.Core.Alerting;
using Spectre.Console;

namespace Crowsnest.Cli.Investigation;

/// <summary>Prints answers: tables for people, JSON and CSV for programs.</summary>
internal static class ReportPrinter
{
    // What goes into a file or a pipe has no width of its own.
    private const int WidthElsewhere = 180;

    internal static void Json(Report report) => Console.Out.WriteLine(Encoding.UTF8.GetString(ReportJson.Write(report)));

    /// <summary>Prints the answer itself, without what stands beside it.</summary>
    internal static void Csv(Report report)
    {
        ReportTable table = report.Tables[0];
        Console.Out.WriteLine(string.Join(',', table.Columns.Select(SafeText.CsvCell)));
        foreach (IReadOnlyList<object?> row in table.Rows)
        {
            Console.Out.WriteLine(string.Join(',', row.Select(static cell => SafeText.CsvCell(
                cell is DateTimeOffset time ? time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture) : ShownColumn.TextOf(cell)))));
        }
    }

    internal static void Tables(Report report)
    {
        Terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{string.Join(", ", report.Clusters)}: {report.From:yyyy-MM-dd HH:mm} to {report.To:yyyy-MM-dd HH:mm} UTC"));
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new AnsiConsoleOutput(Console.Out),
            Interactive = InteractionSupport.No,
        });
        console.Profile.Width = Console.IsOutputRedirected ? WidthElsewhere : Math.Max(60, Console.WindowWidth);
        foreach (ReportTable table in report.Tables)
        {
            Terminal.Print($"{table.Title}: {(table.Rows.Count == 0 ? "nothing" : Rows(table))}");
            if (table.Rows.Count > 0)
            {
                console.Write(Grid(table, report.Clusters.Count > 1));
            }
        }

        foreach (string note in report.Notes)
        {
            Terminal.Say($"note: {note}");
        }
    }

    private static string Rows(ReportTable table) =>
        $"{Terminal.Number(table.Rows.Count)} rows{(table.HasMore ? ", and more: --limit, --offset" : "")}";

    private static Table Grid(ReportTable table, bool hasClusters)
    {
        IReadOnlyList<ShownColumn> shown = table.Shown.Count > 0 ? table.Shown
            : [.. table.Columns.Select(static name => new ShownColumn(name, $"{{{name}}}"))];
        Table grid = new() { Border = TableBorder.Ascii2, ShowRowSeparators = table.Shown.Count > 0, UseSafeBorder = true };
        foreach (ShownColumn column in shown)
        {
            grid.AddColumn(new TableColumn(new Text(Safe(column.Header))));
        }

        foreach (IReadOnlyList<object?> row in table.Rows)
        {
            grid.AddRow(shown.Select(column => new Text(Safe((hasClusters ? column : WithoutCluster(column)).Cell(table, row)))));
        }

        return grid;
    }

    private static ShownColumn WithoutCluster(ShownColumn column) =>
        column with { Lines = [.. column.Lines.Where(static line => line != "{cluster}")] };

    // Names are an attacker's to choose: control characters are shown as what they are, before anything measures a cell.
    private static string Safe(string text) => string.Join('\n', text.Split('\n').Select(SafeText.Terminal));
}
