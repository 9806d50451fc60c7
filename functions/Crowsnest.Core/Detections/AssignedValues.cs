using System.Text;

namespace Crowsnest.Core.Detections;

/// <summary>
/// Takes out what a name gives away: <c>password=X</c>, <c>"token": "X"</c>, <c>--password X</c>, <c>Authorization: Bearer X</c>,
/// a variable's <c>name</c> and <c>value</c>; in a command line, a file, a list of arguments or JSON inside a string, with quotes
/// that are escaped any number of times. One pass from left to right.
/// </summary>
internal ref struct AssignedValues
{
    private const int LongestScheme = 24;

    private readonly ReadOnlySpan<char> _text;
    private readonly StringBuilder _kept = new();
    private int _done;
    private int _at;
    private int _scheme = -1;

    private AssignedValues(ReadOnlySpan<char> text) => _text = text;

    internal static string Redact(string text)
    {
        AssignedValues values = new(text);
        values.Run();
        return values._done == 0 ? text : values._kept.Append(text, values._done, text.Length - values._done).ToString();
    }

    private void Run()
    {
        while (_at < _text.Length)
        {
            if (!IsOfName(_text[_at]))
            {
                _at++;
                continue;
            }

            int start = _at;
            while (_at < _text.Length && IsOfName(_text[_at]))
            {
                _at++;
            }

            ReadOnlySpan<char> name = _text[start.._at];
            if (CredentialGap.IsSystemName(name) && _at < _text.Length && _text[_at] == ':')
            {
                // system:serviceaccount:NAMESPACE:NAME is one name, whatever its parts are called.
                int length = _text[_at..].IndexOfAny(CharSets.EndOfSystemName);
                _at = length < 0 ? _text.Length : _at + length;
                continue;
            }

            CredentialGap gap = CredentialGap.After(_text, start, _at);
            if ((AuthSchemes.IsAlone(name) || (start == _scheme && AuthSchemes.Is(name))) && gap.End > _at && gap.End < _text.Length
                && !gap.IsList && AuthSchemes.IsBefore(_text[gap.End..]))
            {
                TakeParts(gap);
            }
            else if (CredentialNames.Is(name) && gap.End > _at && gap.End < _text.Length && gap.Joins(name, _text))
            {
                Take(name, gap);
            }
        }
    }

    private void Take(ReadOnlySpan<char> name, CredentialGap gap)
    {
        ReadOnlySpan<char> rest = _text[gap.End..];
        ReadOnlySpan<char> word = rest[..NameLength(rest)];
        if (AuthSchemes.Is(word))
        {
            // The next round finds the scheme, and takes what is behind it.
            _at = _scheme = gap.End;
            return;
        }

        bool isHeader = name.EndsWith("authorization", StringComparison.OrdinalIgnoreCase);
        if (isHeader && word.Length is > 0 and <= LongestScheme && word.Length < rest.Length && rest[word.Length] == ' ')
        {
            // Of a scheme that is not known: it and the word behind it.
            int second = gap.End + word.Length + 1;
            Replace(gap.End, ValueEnd.Of(_text, second, gap with { Quote = '\0' }));
            return;
        }

        // A list of cookies is one value, and so is a line of a file.
        int end = name.EndsWith("cookie", StringComparison.OrdinalIgnoreCase) && gap.Quote == '\0' && !gap.IsList
            ? ValueEnd.OfCookies(_text, gap.End)
            : gap.IsLine ? ValueEnd.OfLine(_text, gap.End) : ValueEnd.Of(_text, gap.End, gap);
        Replace(gap.End, end);
    }

    private void TakeParts(CredentialGap gap)
    {
        int end = ValueEnd.OfParts(_text, gap.End);
        Replace(gap.End, end > gap.End ? end : ValueEnd.Of(_text, gap.End, gap));
    }

    private void Replace(int start, int end)
    {
        if (end > start)
        {
            _kept.Append(_text[_done..start]).Append(Redactor.Mark);
            _done = end;
        }

        _at = Math.Max(_at, end);
    }

    private static int NameLength(ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length && length <= LongestScheme && IsOfName(text[length]))
        {
            length++;
        }

        return length;
    }

    private static bool IsOfName(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '/' or '$' or '@';
}
