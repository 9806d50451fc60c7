using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Crowsnest.Core.Detections;

/// <summary>Looks into words that are Base64 of a text, such as an Authorization header or a configuration.</summary>
internal static class Base64Words
{
    private const int Shortest = 12;

    private static readonly SearchValues<char> Alphabet =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_");

    /// <summary>The text with the mark in place of each word that holds a credential.</summary>
    internal static string Redact(string text, bool isName, int depth)
    {
        if (isName || Redactor.IsTooDeep(depth))
        {
            return text;
        }

        StringBuilder? kept = null;
        int done = 0;
        int at = 0;
        while (text.AsSpan(at).IndexOfAny(Alphabet) is var next and >= 0)
        {
            int start = at + next;
            int length = text.AsSpan(start).IndexOfAnyExcept(Alphabet);
            at = length < 0 ? text.Length : start + length;
            int equals = text.AsSpan(start, at - start).IndexOf('=');
            if (equals >= 0 && start + equals + 1 < at && text[start + equals + 1] != '=')
            {
                // NAME=BASE64
                start += equals + 1;
            }

            ReadOnlySpan<char> word = text.AsSpan(start, at - start);
            if (word.Length >= Shortest && IsMixed(word) && Decode(word) is { } decoded && IsCredential(decoded, depth))
            {
                kept ??= new(text.Length);
                kept.Append(text, done, start - done).Append(Redactor.Mark);
                done = at;
            }
        }

        return kept is null ? text : kept.Append(text, done, text.Length - done).ToString();
    }

    private static bool IsMixed(ReadOnlySpan<char> word) => word.IndexOfAnyInRange('A', 'Z') >= 0 && word.IndexOfAnyInRange('a', 'z') >= 0;

    private static bool IsCredential(string decoded, int depth) =>
        !string.Equals(Redactor.Redact(decoded, isName: false, depth + 1), decoded, StringComparison.Ordinal)
        || (decoded.IndexOf(':', StringComparison.Ordinal) is var colon and > 0 && colon < decoded.Length - 1
            && decoded.IndexOfAny([' ', '\n', '/']) < 0);

    // Text only: other bytes give no credential that could be seen.
    private static string? Decode(ReadOnlySpan<char> word)
    {
        word = word.TrimEnd('=');
        byte[] bytes = new byte[Base64Url.GetMaxDecodedLength(word.Length)];
        string plain = word.ToString().Replace('+', '-').Replace('/', '_');
        if (!Base64Url.IsValid(plain) || !Base64Url.TryDecodeFromChars(plain, bytes, out int length))
        {
            return null;
        }

        ReadOnlySpan<byte> text = bytes.AsSpan(0, length);
        return text.IndexOfAnyInRange((byte)0x7F, (byte)0xFF) >= 0 || text.IndexOfAnyInRange((byte)0, (byte)8) >= 0 ? null
            : Encoding.ASCII.GetString(text);
    }
}
