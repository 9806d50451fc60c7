using System.Text.RegularExpressions;

namespace Crowsnest.Core.Rules;

/// <summary>Takes a shell's command line apart, without quotes: near enough to see which command comes after which.</summary>
internal static class ShellText
{
    // Pods and execs come from anybody: no pattern may take more than linear time.
    private const RegexOptions Linear = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    private static readonly Regex Fetching = new(
        @"curl|wget|fetch|aria2c|axel|lwp-download|ftp|lynx|scp|certutil|bitsadmin"
        + @"|urllib|urlretrieve|urlopen|requests\.get|base64|openssl|xxd",
        Linear);

    private static readonly Regex FetchingInPython = new(@"urllib|urlretrieve|urlopen|requests\.get", Linear);

    private static readonly Regex Substituted = new(
        @"(^|[\s;&|(])(eval|source|\.|(ba|da|z|a|k)?sh(\s+-[a-z]*c)?)\s+(\$\(|`|<\()\s*(/[a-z/]*/)?(curl|wget|fetch)\b"
        + @"|\b(exec|eval)\s*\([^;]*(urlopen|requests\.get)\b",
        Linear);

    private static readonly Regex Braced = new(@"\$\{([A-Za-z_0-9]+)\}", Linear);

    private static readonly Regex Parameter = new(
        @"&([A-Za-z_0-9]+=)",
        Linear);

    private static readonly Regex Piece = new(
        @"[^;&|\n\r`(){}]+",
        Linear);

    private static readonly Regex QuotedPath = new(
        @"[""']([^""'\s]*/[^""'\s]+)[""']",
        Linear);

    /// <summary>
    /// The line without what is for the shell only: quotes, backslashes, the braces of ${X}, where the errors go. What stands
    /// between the parameters of a URL separates no commands.
    /// </summary>
    internal static string Plain(string text)
    {
        string plain = text;
        foreach (string mark in new[] { "\\\n", "\\", "\"", "'", "2>&1" })
        {
            plain = plain.Replace(mark, "", StringComparison.Ordinal);
        }

        plain = Braced.Replace(plain, "$$$1").Replace("$IFS", " ", StringComparison.Ordinal);
        return Parameter.Replace(plain, "_$1").Replace("&>", ">", StringComparison.Ordinal).Replace("|&", "|", StringComparison.Ordinal);
    }

    /// <summary>A cheap look first: most commands fetch and decode nothing.</summary>
    internal static bool MayFetch(string line) => Fetching.IsMatch(line);

    /// <summary>True when what a download prints is run at once: eval $(curl ...), sh &lt;(curl ...), exec(urlopen(...)).</summary>
    internal static bool RunsWhatItFetches(string line) => Substituted.IsMatch(line);

    /// <summary>Paths in quotes of a program that downloads with Python's libraries.</summary>
    internal static IEnumerable<string> PathsInPython(string text, string line) => !FetchingInPython.IsMatch(line)
        ? []
        : QuotedPath.Matches(text).Where(static path => !path.Value.Contains("://", StringComparison.Ordinal))
            .Select(static path => path.Groups[1].Value);

    /// <summary>The commands in words, and whether each is piped into the next.</summary>
    internal static IEnumerable<(string[] Words, bool IsPiped)> Pieces(string line)
    {
        foreach (Match piece in Piece.Matches(line))
        {
            yield return (Words(piece.Value), IsPipe(line.AsSpan(piece.Index + piece.Length).TrimStart(") }")));
        }
    }

    private static bool IsPipe(ReadOnlySpan<char> rest) => rest is ['|', ..] and not ['|', '|', ..];

    // A redirection may stand close to its file.
    private static string[] Words(string text) => text
        .Replace(">>", ">", StringComparison.Ordinal)
        .Replace(">", " > ", StringComparison.Ordinal)
        .Replace("<", " < ", StringComparison.Ordinal)
        .Split([' ', '\t', '[', ']', ','], StringSplitOptions.RemoveEmptyEntries);
}
