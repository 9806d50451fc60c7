using System.Buffers;
using System.Globalization;
using System.Text;
using Crowsnest.Core.Audit;

namespace Crowsnest.Core.Rules;

/// <summary>
/// Reads a command line roughly as a shell does: quotes and escapes are taken off, what expands to nothing is left out, and
/// paths are written in one way. It is one more reading beside the text as it is written, so it may err.
/// </summary>
internal static class ShellText
{
    private static readonly SearchValues<char> Marks = SearchValues.Create("'\"\\$`[{\t\r\n");

    // What expands to nothing in a command that was given no arguments, and what expands to a blank.
    private static readonly string[] Nothing =
        ["$@", "$*", "${@}", "${*}", "$()", "``", "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9"];

    private static readonly string[] Blank = ["${IFS%??}", "${IFS}", "$IFS$9", "$IFS"];

    internal static string Plain(string line)
    {
        if (line.AsSpan().ContainsAny(Marks))
        {
            line = WithoutQuotes(line);
        }

        return line.Contains("//", StringComparison.Ordinal) || line.Contains("/.", StringComparison.Ordinal)
            || line.Contains("  ", StringComparison.Ordinal)
            ? string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(WithPlainPath))
            : line;
    }

    private static string WithoutQuotes(string line)
    {
        StringBuilder plain = new(line.Length);
        for (int i = 0; i < line.Length; i++)
        {
            ReadOnlySpan<char> rest = line.AsSpan(i);
            if (Begins(rest, Blank) is int blank and > 0)
            {
                plain.Append(' ');
                i += blank - 1;
            }
            else if (Begins(rest, Nothing) is int nothing and > 0)
            {
                i += nothing - 1;
            }
            else if (rest.StartsWith("$'", StringComparison.Ordinal))
            {
                i += AnsiQuoted(rest, plain);
            }
            else if (rest[0] == '{' && Braces(rest) is int end and > 0)
            {
                plain.Append(rest[1..end]).Replace(',', ' ', plain.Length - end + 1, end - 1);
                i += end;
            }
            else if (rest is ['[', not ' ', ']', ..])
            {
                plain.Append(rest[1]);
                i += 2;
            }
            else if (rest[0] == '\\' && rest.Length > 1)
            {
                plain.Append(rest[1] == '\n' ? "" : rest.Slice(1, 1));
                i++;
            }
            else if (rest[0] is not ('\'' or '"'))
            {
                plain.Append(rest[0] is '\t' or '\r' or '\n' ? ' ' : rest[0]);
            }
        }

        return plain.ToString();
    }

    private static int Begins(ReadOnlySpan<char> text, string[] starts)
    {
        if (text[0] is '$' or '`')
        {
            foreach (string start in starts)
            {
                if (text.StartsWith(start, StringComparison.Ordinal))
                {
                    return start.Length;
                }
            }
        }

        return 0;
    }

    // $'…' with escapes such as \x2f and \057. Returns how much was read beyond the first character.
    private static int AnsiQuoted(ReadOnlySpan<char> text, StringBuilder plain)
    {
        int i = 2;
        while (i < text.Length && text[i] != '\'')
        {
            if (text[i] != '\\' || i + 1 >= text.Length)
            {
                plain.Append(text[i++]);
                continue;
            }

            bool isHex = text[i + 1] is 'x' or 'u';
            int start = isHex ? i + 2 : i + 1;
            int length = 0;
            while (length < (isHex ? text[i + 1] == 'u' ? 4 : 2 : 3) && start + length < text.Length
                && (isHex ? char.IsAsciiHexDigit(text[start + length]) : text[start + length] is >= '0' and <= '7'))
            {
                length++;
            }

            plain.Append(length == 0 ? text[i + 1] : isHex
                ? (char)int.Parse(text.Slice(start, length), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
                : Octal(text.Slice(start, length)));
            i = length == 0 ? i + 2 : start + length;
        }

        return Math.Min(i, text.Length - 1);
    }

    private static char Octal(ReadOnlySpan<char> digits)
    {
        int value = 0;
        foreach (char digit in digits)
        {
            value = (value * 8) + (digit - '0');
        }

        return (char)value;
    }

    // {cat,/etc/passwd} is a command line of its own. Returns where the closing brace stands.
    private static int Braces(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAny('}', ' ');
        return end > 0 && text[end] == '}' && text[..end].Contains(',') && text[1] is not ('"' or '\'') ? end : 0;
    }

    // The slashes of a URL's scheme stay.
    private static string WithPlainPath(string word)
    {
        int start = word.IndexOf('/', StringComparison.Ordinal);
        if (start < 0 || (start > 0 && word[start - 1] == ':'))
        {
            return word;
        }

        string clean = RequestPath.Clean(word[start..].Split('/'));
        return word[..start] + (word[^1] == '/' && clean.Length > 1 ? clean + "/" : clean);
    }
}
