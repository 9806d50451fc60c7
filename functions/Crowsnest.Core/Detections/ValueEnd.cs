using System.Buffers;

namespace Crowsnest.Core.Detections;

/// <summary>Finds where the value of a credential ends.</summary>
internal static class ValueEnd
{
    private static readonly SearchValues<char> PartName =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_");

    /// <summary>Of a value in quotes the closing one, of another the first sign that a shell, a query or a list ends a word with.</summary>
    internal static int Of(ReadOnlySpan<char> text, int start, CredentialGap gap)
    {
        if (text[start..].StartsWith(Redactor.Mark))
        {
            return start + Redactor.Mark.Length;
        }

        int at = start;
        int slashes = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (c == '\\')
            {
                slashes++;
            }
            else if (gap.Quote != '\0')
            {
                // A quote that is escaped once more than the opening one is part of the value.
                if (c == gap.Quote && slashes <= gap.Escapes)
                {
                    return at - slashes;
                }

                slashes = 0;
            }
            else if (c is '"' or '\'')
            {
                return at - slashes;
            }
            else if (char.IsWhiteSpace(c) || c is '`' or '&' or ';' or ',' or '|' or '<' or '>' or ')' or '}' or ']')
            {
                return at;
            }
            else
            {
                slashes = 0;
            }

            at++;
        }

        return text.Length;
    }

    /// <summary>The end of the line, and of the lines that are further in when the value is a block of them, as in YAML.</summary>
    internal static int OfLine(ReadOnlySpan<char> text, int start)
    {
        int begin = text[..start].LastIndexOf('\n') + 1;
        int indent = Indent(text[begin..]);
        int end = EndOfLine(text, start);
        if (text[start] is not ('|' or '>'))
        {
            return end;
        }

        while (end < text.Length && (Indent(text[(end + 1)..]) > indent || EndOfLine(text, end + 1) == end + 1))
        {
            end = EndOfLine(text, end + 1);
        }

        return end;
    }

    /// <summary>Behind the last pair of name and value.</summary>
    internal static int OfCookies(ReadOnlySpan<char> text, int start)
    {
        int end = Of(text, start, default);
        while (end + 2 < text.Length && text[end] == ';' && text[end + 1] == ' '
            && text[(end + 2)..].IndexOfAny(" =\"'") is var sign and > 0
            && text[end + 2 + sign] == '=')
        {
            end = Of(text, end + 2, default);
        }

        return end;
    }

    /// <summary>
    /// The end of a list of names and values with commas between them, which Digest and AWS4-HMAC-SHA256 have behind them; where
    /// it begins when there is none.
    /// </summary>
    internal static int OfParts(ReadOnlySpan<char> text, int start)
    {
        int end = start;
        int at = start;
        while (at < text.Length)
        {
            int sign = text[at..].IndexOfAnyExcept(PartName);
            if (sign <= 0 || text[at + sign] != '=')
            {
                break;
            }

            at += sign + 1;
            int slashes = 0;
            while (at + slashes < text.Length && text[at + slashes] == '\\')
            {
                slashes++;
            }

            bool quoted = at + slashes < text.Length && text[at + slashes] == '"';
            end = quoted ? Math.Min(text.Length,
                Of(text, at + slashes + 1, default(CredentialGap) with { Quote = '"', Escapes = slashes }) + slashes + 1)
                : Of(text, at, default);
            at = end;
            while (at < text.Length && text[at] is ',' or ' ')
            {
                at++;
            }

            if (at == end)
            {
                break;
            }
        }

        return end;
    }

    private static int Indent(ReadOnlySpan<char> line)
    {
        int length = line.IndexOfAnyExcept(' ', '-');
        return length < 0 ? line.Length : length;
    }

    private static int EndOfLine(ReadOnlySpan<char> text, int start)
    {
        int length = text[start..].IndexOf('\n');
        return length < 0 ? text.Length : start + length;
    }
}
