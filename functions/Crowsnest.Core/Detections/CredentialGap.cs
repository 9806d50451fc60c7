namespace Crowsnest.Core.Detections;

/// <summary>What stands between a name and its value.</summary>
/// <param name="End">Where the value begins.</param>
/// <param name="Quote">The quote that opens the value, or NUL.</param>
/// <param name="Escapes">Backslashes before that quote.</param>
/// <param name="Assigns">True for an equals sign, a colon or the member "value".</param>
/// <param name="IsList">True when the value is the next one of a list.</param>
/// <param name="IsLine">True when the value is the rest of a line, as in a file.</param>
/// <param name="IsOption">True when the name is an option of a command.</param>
internal readonly record struct CredentialGap(int End, char Quote, int Escapes, bool Assigns, bool IsList, bool IsLine, bool IsOption)
{
    private const int Longest = 64;
    private const string Value = "value";

    internal static bool IsSystemName(ReadOnlySpan<char> name) => name.EndsWith("system", StringComparison.Ordinal);

    /// <summary>Reads what stands behind a name.</summary>
    internal static CredentialGap After(ReadOnlySpan<char> text, int name, int from)
    {
        bool assigns = false, comma = false, quoted = false;
        char quote = '\0';
        int escapes = 0;
        int slashes = 0;
        int at = from;
        int last = Math.Min(text.Length, from + Longest);
        while (at < last)
        {
            char c = text[at];
            if (c is '"' or '\'' or '`')
            {
                (quote, escapes, slashes) = (c, slashes, 0);
                quoted |= !assigns;
            }
            else if (c == '\\')
            {
                slashes++;
            }
            else if (c is ':' or '=')
            {
                // A second equals sign belongs to the value, as in Base64 of nothing; "==" compares.
                if (assigns && quote != '\0')
                {
                    break;
                }

                (assigns, quote, slashes) = (true, '\0', 0);
            }
            else if (c is ',' or ' ' or '\t' or '\r' or '\n' || (c == '>' && assigns)
                || (slashes > 0 && c is 'n' or 't' or 'r' && at + 1 < last && !char.IsAsciiLetterLower(text[at + 1])))
            {
                if (assigns && quote != '\0')
                {
                    break;
                }

                comma |= c == ',';
                (quote, slashes) = (c == ',' || !assigns ? '\0' : quote, 0);
            }
            else if (text[at..].StartsWith(Value, StringComparison.OrdinalIgnoreCase) && !assigns && at > from
                && at + Value.Length < text.Length && text[at + Value.Length] is '"' or '\'' or '\\' or ':' or ' ' or '=')
            {
                at += Value.Length - 1;
                quote = '\0';
            }
            else
            {
                break;
            }

            at++;
        }

        // Escapes that open no quote are of the value.
        at -= slashes;
        bool isOption = text[name] == '-';
        bool isLine = assigns && quote == '\0' && !quoted && IsLineOfFile(text, name) && at - from > 1 && text[from] is ':';
        return new(at, quote, escapes, assigns, comma || (quoted && !assigns), isLine, isOption);
    }

    /// <summary>True when what follows is the value of the name.</summary>
    internal bool Joins(ReadOnlySpan<char> name, ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> rest = text[End..];
        if (rest[0] is '{' or '}' or ']' or ')' or '|' or '&' or ';' || (rest[0] == '[' && !rest.StartsWith(Redactor.Mark)))
        {
            return false;
        }

        // A plain "key" is as often that of a label or a map.
        if (name.Equals("key", StringComparison.OrdinalIgnoreCase) || name.Equals("code", StringComparison.OrdinalIgnoreCase))
        {
            return Assigns && !IsList && !IsPlain(rest);
        }

        return Assigns ? !(IsPluralInList(name) && Quote == '\0')
            : IsOption ? rest[0] != '-'
            : !IsList && CredentialNames.IsBeforeSpace(name)
                && (name.StartsWith("pass", StringComparison.OrdinalIgnoreCase) ? AuthSchemes.IsBefore(rest) : !IsPlain(rest));
    }

    // secrets: 3, and ClusterRole "external-secrets:viewer"
    private static bool IsPluralInList(ReadOnlySpan<char> name) =>
        name.EndsWith("secrets", StringComparison.OrdinalIgnoreCase) || name.EndsWith("tokens", StringComparison.OrdinalIgnoreCase);

    // Words, paths and names of objects: what commands say about credentials.
    private static bool IsPlain(ReadOnlySpan<char> rest)
    {
        rest = rest[..Math.Min(rest.Length, CharSets.LongestWord)];
        int length = rest.IndexOfAny(CharSets.EndOfPlainWord);
        ReadOnlySpan<char> word = length < 0 ? rest : rest[..length];
        return word.IndexOfAny('/', '(') >= 0 || (word.Length > 0 && word.IndexOfAnyExceptInRange('a', 'z') < 0)
            || (word.IndexOfAnyExcept(CharSets.LowerDashAndDot) < 0) || word.IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static bool IsLineOfFile(ReadOnlySpan<char> text, int name)
    {
        while (name > 0 && text[name - 1] is ' ' or '-' or '\t')
        {
            name--;
        }

        return name > 0 ? text[name - 1] == '\n' : text.Contains('\n');
    }
}
