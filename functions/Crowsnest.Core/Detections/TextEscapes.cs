using System.Globalization;
using System.Text.RegularExpressions;

namespace Crowsnest.Core.Detections;

/// <summary>
/// Looks behind the escapes of URIs and of JSON. A word in which a credential comes to light is shown without them; any other stays
/// as it is written.
/// </summary>
internal static partial class TextEscapes
{
    internal static string Redact(string text, bool isName, int depth)
    {
        string redacted = text;
        if (text.Contains("\\u00", StringComparison.Ordinal))
        {
            string plain = CodePoint().Replace(text, static match =>
                ((char)int.Parse(match.ValueSpan[2..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)).ToString());
            redacted = Clear(text, plain, isName, depth);
        }

        if (redacted.Contains('%', StringComparison.Ordinal) && PercentCode().IsMatch(redacted))
        {
            redacted = redacted[0] == '/' || redacted.Contains('?', StringComparison.Ordinal) ? OfUri(redacted, isName, depth)
                : OfWords(redacted, isName, depth);
        }
        else if (redacted[0] == '/' && redacted.Contains('?', StringComparison.Ordinal))
        {
            redacted = OfUri(redacted, isName, depth);
        }

        return redacted;
    }

    private static string Clear(string text, string plain, bool isName, int depth)
    {
        if (string.Equals(text, plain, StringComparison.Ordinal))
        {
            return text;
        }

        if (Redactor.IsTooDeep(depth))
        {
            return Redactor.Mark;
        }

        string redacted = Redactor.Redact(plain, isName, depth + 1);
        return string.Equals(redacted, plain, StringComparison.Ordinal) ? text : redacted;
    }

    private static string OfWords(string text, bool isName, int depth) =>
        string.Join(' ', text.Split(' ')
            .Select(word => word.Contains('%', StringComparison.Ordinal) ? Clear(word, Uri.UnescapeDataString(word), isName, depth)
            : word));

    // The words of a command stand in a parameter each, and one may say what the next is.
    private static string OfUri(string text, bool isName, int depth)
    {
        int query = text.IndexOf('?', StringComparison.Ordinal);
        string path = query < 0 ? text : text[..query];
        path = string.Join('/', path.Split('/').Select(part => Clear(part, Uri.UnescapeDataString(part), isName, depth)));
        if (query < 0)
        {
            return path;
        }

        string[] parameters = text[(query + 1)..].Split('&');
        List<string> words = [];
        foreach (string parameter in parameters)
        {
            if (Word(parameter) is { } word)
            {
                words.Add(word);
            }
        }

        IReadOnlyList<string> shown = ArgumentList.Redact(words);
        int next = 0;
        for (int i = 0; i < parameters.Length; i++)
        {
            string parameter = parameters[i];
            int equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (Word(parameter) is { } word)
            {
                string argument = shown[next++];
                parameters[i] = string.Equals(argument, word, StringComparison.Ordinal) ? parameter
                    : $"{parameter[..(equals + 1)]}{argument.Replace(' ', '+').Replace("&", "%26", StringComparison.Ordinal)}";
            }
            else if (equals > 0)
            {
                bool isNamed = CredentialNames.Is(Plain(parameter[..equals]));
                string value = parameter[(equals + 1)..];
                parameters[i] = isNamed && value.Length > 0 ? $"{parameter[..(equals + 1)]}{Redactor.Mark}"
                    : parameter[..(equals + 1)] + Clear(value, Plain(value), isName, depth);
            }
        }

        return $"{path}?{string.Join('&', parameters)}";
    }

    private static string? Word(string parameter)
    {
        int equals = parameter.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && Plain(parameter[..equals]) is "command" or "arg" or "args" or "cmd" ? Plain(parameter[(equals + 1)..]) : null;
    }

    private static string Plain(string escaped)
    {
        string plain = Uri.UnescapeDataString(escaped.Replace('+', ' '));
        for (int depth = 0; !Redactor.IsTooDeep(depth) && plain.Contains('%', StringComparison.Ordinal); depth++)
        {
            plain = Uri.UnescapeDataString(plain);
        }

        return plain;
    }

    [GeneratedRegex("%[0-9A-Fa-f]{2}", RegexOptions.NonBacktracking)]
    private static partial Regex PercentCode();

    [GeneratedRegex("\\\\u00[0-7][0-9A-Fa-f]", RegexOptions.NonBacktracking)]
    private static partial Regex CodePoint();
}
