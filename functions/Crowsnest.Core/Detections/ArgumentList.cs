namespace Crowsnest.Core.Detections;

/// <summary>Takes credentials out of a command whose words are apart: an option may say that the next word is one.</summary>
internal static class ArgumentList
{
    // Neither is in a word of a command that means anything.
    private const char Space = '\u0002';
    private const char Line = '\u0003';

    internal static IReadOnlyList<string> Redact(IReadOnlyList<string> words)
    {
        List<string> shown = new(words.Count);
        for (int i = 0; i < words.Count; i++)
        {
            string word = words[i];
            shown.Add(i > 0 && word.Length > 0 && IsBefore(words[i - 1], word) ? Redactor.Mark : Redactor.Redact(word));
        }

        // Together, for options of one letter: which program it is stands in the first word.
        string all = string.Join('\n', shown.Select(static word => word.Replace(' ', Space).Replace('\n', Line)));
        string[] parts = CommandOptions.Redact(all).Split('\n');
        return parts.Length == shown.Count ? [.. parts.Select(static part => part.Replace(Space, ' ').Replace(Line, '\n'))] : shown;
    }

    private static bool IsBefore(string name, string word)
    {
        if (name.Length < 3 || name.Length > 128 || name.Contains(' ', StringComparison.Ordinal))
        {
            return false;
        }

        return name[0] == '-' ? word[0] != '-' && !name.Contains('=', StringComparison.Ordinal) && CredentialNames.Is(name)
            : name[^1] is ':' or '=' ? CredentialNames.Is(name.AsSpan(0, name.Length - 1)) && !AuthSchemes.Is(word)
            : AuthSchemes.Is(name) && name[0] is 'B' or 'b' or 'D' or 'T' && AuthSchemes.IsBefore(word);
    }
}
