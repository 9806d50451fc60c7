using System.Text;

namespace Crowsnest.Core.Rules;

/// <summary>Modifiers that turn one value of a rule into the values that are looked for: encodings and dashes.</summary>
internal static class ValueEncoding
{
    // Every dash that a command line takes for one.
    private static readonly char[] Dashes = ['-', '/', '\u2013', '\u2014', '\u2015'];

    private const int MostDashes = 3;

    internal static bool Is(string modifier) =>
        modifier is "base64" or "base64offset" or "wide" or "utf16" or "utf16le" or "utf16be" or "windash";

    /// <summary>Applies the encoding modifiers in their order.</summary>
    internal static IEnumerable<string> Apply(string value, IReadOnlyCollection<string> modifiers)
    {
        if (!modifiers.Any(Is))
        {
            return [value];
        }

        IEnumerable<string> values = modifiers.Contains("windash") ? Dashed(value) : [value];
        Encoding encoding = modifiers.Contains("utf16be") ? Encoding.BigEndianUnicode
            : modifiers.Any(static m => m is "wide" or "utf16" or "utf16le") ? Encoding.Unicode
            : Encoding.UTF8;
        byte[] mark = modifiers.Contains("utf16") ? Encoding.Unicode.GetPreamble() : [];
        byte[] Bytes(string text) => [.. mark, .. encoding.GetBytes(Glob.Literal(text))];
        if (modifiers.Contains("base64offset"))
        {
            return values.SelectMany(text => Offsets(Bytes(text))).Select(Glob.Escape);
        }

        return modifiers.Contains("base64") ? values.Select(text => Glob.Escape(Convert.ToBase64String(Bytes(text))))
            : encoding == Encoding.UTF8 ? values
            : values.Select(text => Glob.Escape(Encoding.Latin1.GetString(Bytes(text))));
    }

    // The text may start at any of three places in a group of base64, and what surrounds it is not known: characters that
    // depend on the neighbours are left out.
    private static IEnumerable<string> Offsets(byte[] bytes)
    {
        for (int offset = 0; offset < 3; offset++)
        {
            string encoded = Convert.ToBase64String([.. new byte[offset], .. bytes]);
            int start = offset switch { 0 => 0, 1 => 2, _ => 3 };
            int end = ((offset + bytes.Length) % 3) switch { 0 => 0, 1 => 3, _ => 2 };
            yield return encoded[start..^end];
        }
    }

    private static IEnumerable<string> Dashed(string value)
    {
        List<int> places = [.. Enumerable.Range(0, value.Length).Where(i =>
            Dashes.Contains(value[i]) && (i == 0 || value[i - 1] is ' ' or '*'))];
        IEnumerable<string> variants = [value];
        foreach (int place in places.Take(MostDashes))
        {
            variants = variants.SelectMany(text => Dashes.Select(dash => $"{text[..place]}{dash}{text[(place + 1)..]}"));
        }

        return variants.Distinct(StringComparer.Ordinal);
    }
}
