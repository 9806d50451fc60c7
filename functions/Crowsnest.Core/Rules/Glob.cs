namespace Crowsnest.Core.Rules;

/// <summary>Matches Sigma's wildcards: <c>*</c> any text, <c>?</c> any one character, a backslash before either takes it literally.</summary>
internal sealed class Glob
{
    // Private-use characters stand for the wildcards once escapes are resolved.
    private const char Star = '\uE000';
    private const char One = '\uE001';

    private readonly string _pattern;
    private readonly bool _ignoreCase;

    internal Glob(string prefix, string value, string suffix, bool ignoreCase)
    {
        _ignoreCase = ignoreCase;
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
                star = p++;
                resume = t;
            }
            else if (p < _pattern.Length && (_pattern[p] == One || _pattern[p] == Fold(text[t])))
            {
                p++;
                t++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                t = ++resume;
            }
            else
            {
                return false;
            }
        }

        while (p < _pattern.Length && _pattern[p] == Star)
        {
            p++;
        }

        return p == _pattern.Length;
    }

    private char Fold(char c) => _ignoreCase ? char.ToUpperInvariant(c) : c;

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
