namespace Crowsnest.Core.Rules;

/// <summary>
/// Matches Sigma's wildcards: <c>*</c> any text, <c>?</c> any one character, a backslash before either takes it literally.
/// </summary>
internal sealed class Glob
{
    // Private-use characters stand for the wildcards once escapes are resolved.
    private const char Star = '\uE000';
    private const char One = '\uE001';

    private readonly string _pattern;
    private readonly StringComparison _comparison;

    internal Glob(string prefix, string value, string suffix, bool ignoreCase)
    {
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        string pattern = prefix.Replace('*', Star) + Resolve(value) + suffix.Replace('*', Star);
        _pattern = ignoreCase ? pattern.ToUpperInvariant() : pattern;
    }

    /// <summary>True when a value has a wildcard that is not escaped.</summary>
    internal static bool HasWildcard(string value) => Resolve(value).AsSpan().ContainsAny(Star, One);

    /// <summary>The text of a value without wildcards, its escapes resolved.</summary>
    internal static string Literal(string value) => Resolve(value);

    /// <summary>A value that means just this text.</summary>
    internal static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("*", "\\*", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal);

    internal bool IsMatch(ReadOnlySpan<char> text)
    {
        // The last star takes more whenever what follows it does not fit: quadratic at worst, never exponential.
        int p = 0, t = 0, star = -1, resume = 0;
        while (t < text.Length)
        {
            if (p < _pattern.Length && _pattern[p] == Star)
            {
                star = p;
                resume = t;
            }
            else if (p < _pattern.Length && (_pattern[p] == One || _pattern[p] == Fold(text[t])))
            {
                p++;
                t++;
                continue;
            }
            else if (star >= 0)
            {
                resume++;
            }
            else
            {
                return false;
            }

            // What follows can only fit where its first plain text stands, which a search finds faster than trying each place.
            ReadOnlySpan<char> plain = PlainFrom(star + 1);
            int found = text[resume..].IndexOf(plain, _comparison);
            if (found < 0)
            {
                return false;
            }

            resume += found;
            t = resume + plain.Length;
            p = star + 1 + plain.Length;
        }

        while (p < _pattern.Length && _pattern[p] == Star)
        {
            p++;
        }

        return p == _pattern.Length;
    }

    private ReadOnlySpan<char> PlainFrom(int start)
    {
        ReadOnlySpan<char> rest = _pattern.AsSpan(start);
        int end = rest.IndexOfAny(Star, One);
        return end < 0 ? rest : rest[..end];
    }

    private char Fold(char c) => _comparison == StringComparison.Ordinal ? c : char.ToUpperInvariant(c);

    private static string Resolve(string value)
    {
        if (value.AsSpan().IndexOfAny('*', '?', '\\') < 0)
        {
            return value;
        }

        System.Text.StringBuilder resolved = new(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            resolved.Append(c switch
            {
                '\\' when i + 1 < value.Length && value[i + 1] is '*' or '?' or '\\' => value[++i],
                '*' => Star,
                '?' => One,
                _ => c,
            });
        }

        return resolved.ToString();
    }
}
