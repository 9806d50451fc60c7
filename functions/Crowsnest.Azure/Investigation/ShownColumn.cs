using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Crowsnest.Azure.Investigation;

/// <summary>A column as people see it: several columns of a table in one cell, line by line.</summary>
/// <param name="Header">Its heading.</param>
/// <param name="Lines">
/// Lines of the cell, with names of columns in braces; a line whose columns are all empty is left out. With a question mark behind the
/// name, 0 is empty too; with a star, each item of a list has a line of its own.
/// </param>
public sealed partial record ShownColumn(string Header, params string[] Lines)
{
    /// <summary>The cell of a row.</summary>
    public string Cell(ReportTable table, IReadOnlyList<object?> row)
    {
        List<string> shown = [];
        foreach (string line in Lines)
        {
            bool isEmpty = true;
            string text = Column().Replace(line, match =>
            {
                int at = table.Of(match.Groups[1].Value);
                object? value = at < 0 ? null : row[at];
                string said = (value, match.Groups[2].Value) switch
                {
                    (0L, "?") => "",
                    (IEnumerable list and not string, "*") => string.Join('\n', list.Cast<object?>().Select(TextOf)),
                    _ => TextOf(value),
                };
                isEmpty &= said.Length == 0;
                return said;
            });
            if (!isEmpty)
            {
                shown.Add(text.Trim());
            }
        }

        return string.Join('\n', shown);
    }

    /// <summary>A value as text: times in UTC to the second, lists with commas.</summary>
    public static string TextOf(object? value) => value switch
    {
        null => "",
        DateTimeOffset time => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
        double number => number.ToString(Math.Abs(number) >= 100 ? "N0" : "0.##", CultureInfo.InvariantCulture),
        long number => number.ToString(CultureInfo.InvariantCulture),
        string text => text,
        IEnumerable list => string.Join(", ", list.Cast<object?>().Select(TextOf)),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
    };

    [GeneratedRegex(@"\{(\w+)([?*]?)\}")]
    private static partial Regex Column();
}
