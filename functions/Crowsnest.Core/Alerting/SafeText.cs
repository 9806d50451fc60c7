using System.Globalization;
using System.Text;
using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Alerting;

/// <summary>Makes text that an attacker may have chosen harmless to show. Each channel then encodes it for its own markup.</summary>
public static class SafeText
{
    /// <summary>
    /// One line that shows what is there: control characters would forge lines, colours or headers, marks of direction hide
    /// what a name says, and an address that mail and chat programs turn into a link would lure whoever reads the alert.
    /// </summary>
    public static string OneLine(string text)
    {
        StringBuilder line = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            line.Append(Rune.IsControl(rune) ? " " : IsUnseen(rune) ? "\uFFFD" : rune.ToString());
        }

        return line.Replace("://", "[:]//").ToString();
    }

    /// <summary>
    /// One line for a terminal: escapes that would move its cursor, colour it or make it answer are shown as the text that they
    /// are, and so is a line break inside.
    /// </summary>
    public static string Terminal(string line) => Seen(line, keepsLines: false);

    /// <summary>The text with every character that is not seen as <c>\uXXXX</c>.</summary>
    internal static string Seen(string text, bool keepsLines)
    {
        StringBuilder seen = new(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!IsUnseen(rune) || rune.Value == '\t' || (keepsLines && rune.Value == '\n'))
            {
                seen.Append(rune.ToString());
                continue;
            }

            foreach (char half in rune.ToString())
            {
                seen.Append(CultureInfo.InvariantCulture, $"\\u{(int)half:X4}");
            }
        }

        return seen.ToString();
    }

    /// <summary>True for a character that is not seen itself, but may change what is seen around it.</summary>
    internal static bool IsUnseen(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;

    /// <summary>One line of at most so many characters; what is cut off is marked.</summary>
    public static string OneLine(string text, int longest)
    {
        string line = OneLine(text);
        if (line.Length <= longest)
        {
            return line;
        }

        return LongName.Head(line, longest - 1) + "…";
    }

    /// <summary>
    /// A word for a shell, in single quotes unless it needs none: these commands are copied into terminals, and whoever chose
    /// a name may have thought of that.
    /// </summary>
    public static string ShellWord(string text)
    {
        string line = OneLine(text);
        return line.Length > 0 && line[0] != '-'
            && line.All(static c => char.IsAsciiLetterOrDigit(c) || "._:/@-".Contains(c, StringComparison.Ordinal))
            ? line : "'" + line.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
    }

    /// <summary>A cell of a CSV file. A spreadsheet runs what begins like a formula: that becomes a text.</summary>
    public static string CsvCell(string text)
    {
        string safe = text.Length > 0 && "=+-@\t\r".Contains(text[0], StringComparison.Ordinal) ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\n\r") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
