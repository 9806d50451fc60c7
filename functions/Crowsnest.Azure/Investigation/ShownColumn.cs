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
    public string Cell(ReportTable table, IReadOnlyList<object?> row) => string.Join('\n', Parts(table, row)
        .Select(static line => string.Concat(line.Select(static part => part.Text)).Trim()));

    /// <summary>The lines of the cell of a row, in parts that know of which column they are.</summary>
    public IReadOnlyList<IReadOnlyList<ShownPart>> Parts(ReportTable table, IReadOnlyList<object?> row)
    {
        List<IReadOnlyList<ShownPart>> shown = [];
        foreach (string line in Lines)
        {
            List<ShownPart> parts = [];
            int end = 0;
            foreach (Match match in Column().Matches(line))
            {
                parts.Add(new ShownPart(line[end..match.Index], ""));
                end = match.Index + match.Length;
                string name = match.Groups[1].Value;
                object? value = table.Of(name) is >= 0 and int at ? row[at] : null;
                bool isList = value is IEnumerable and not string;
                if (isList && match.Groups[2].Value == "*")
                {
                    string[] items = [.. ((IEnumerable)value!).Cast<object?>().Select(TextOf)];
                    foreach (string item in items.SkipLast(1))
                    {
                        shown.Add([.. parts, new ShownPart(item, name)]);
                        parts.Clear();
                    }

                    parts.Add(new ShownPart(items.LastOrDefault(""), name));
                }
                else if (isList)
                {
                    parts.AddRange(((IEnumerable)value!).Cast<object?>().SelectMany((item, i) => i == 0
                        ? new[] { new ShownPart(TextOf(item), name) } : [new ShownPart(", ", ""), new ShownPart(TextOf(item), name)]));
                }
                else
                {
                    parts.Add(new ShownPart(match.Groups[2].Value == "?" && value is 0L ? "" : TextOf(value), name));
                }
            }

            parts.Add(new ShownPart(line[end..], ""));
            if (parts.Exists(static part => part.Column.Length > 0 && part.Text.Length > 0))
            {
                shown.Add(parts.FindAll(static part => part.Text.Length > 0));
            }
        }

        return shown;
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
