using System.Buffers;
using System.Text;

namespace Crowsnest.Core.Detections;

/// <summary>
/// Finds what has no name and no known shape by how it is written. A random word changes between capitals, small letters and
/// digits at every second character or so, and what people name does at every fifth. What is as random and public stays:
/// uids with their dashes, digests behind the name of the hash, commits behind an image's colon, ids of containers.
/// </summary>
internal static class RandomWords
{
    // 16 characters of base 62 have 95 bits; shorter words are too often ids.
    private const int ShortestMixed = 16;
    private const int ShortestOfTwo = 24;
    private const int ShortestHex = 32;

    // Parts that are too short to tell alone, joined by the signs that Base64 has: 24 characters or more.
    private const int ShortestJoined = 24;

    private static readonly SearchValues<char> Alphanumeric =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> Base64 =
        SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_+/=~");

    private static readonly string[] PublicBefore =
    [
        "sha256:", "sha512:", "sha384:", "sha1:", "md5:", "sha256-", "sha512-", "containerd://", "docker://", "cri-o://", "commit/",
        "commit:", "commit=",
        "revision:", "revision=", "digest:", "digest=", "uid:", "uid=", "checksum:", "checksum=", "sha256=", "tree/", "kubernetes/", "csi-",
    ];

    internal static string Redact(string text, bool isName)
    {
        StringBuilder? kept = null;
        int done = 0;
        int at = 0;
        while (text.AsSpan(at).IndexOfAny(Base64) is var next and >= 0)
        {
            int start = at + next;
            int length = text.AsSpan(start).IndexOfAnyExcept(Base64);
            at = length < 0 ? text.Length : start + length;
            if (at - start < ShortestMixed)
            {
                continue;
            }

            int from = start;
            while (from < at)
            {
                (int Start, int End) found = Find(text, start, from, at, isName);
                if (found.Start < 0)
                {
                    break;
                }

                kept ??= new(text.Length);
                kept.Append(text, done, found.Start - done).Append(Redactor.Mark);
                done = from = found.End;
            }
        }

        return kept is null ? text : kept.Append(text, done, text.Length - done).ToString();
    }

    // The next random word of a run of the characters of Base64, with those beside it that belong to it.
    private static (int Start, int End) Find(string text, int run, int from, int end, bool isName)
    {
        int at = from;
        while (at < end && text.AsSpan(at, end - at).IndexOfAny(Alphanumeric) is var next and >= 0)
        {
            int start = at + next;
            int length = text.AsSpan(start, end - start).IndexOfAnyExcept(Alphanumeric);
            at = length < 0 ? end : start + length;
            if (IsRandom(text.AsSpan(start, at - start), isName) && !IsPublic(text, start, at - start))
            {
                return (Before(text, from, start), After(text, at, end));
            }
        }

        ReadOnlySpan<char> rest = text.AsSpan(from, end - from);
        return from == run && rest.Length >= ShortestJoined && rest.IndexOf('/') < 0 && IsJoined(rest) ? (from, end) : (-1, -1);
    }

    private static int Before(string text, int least, int start)
    {
        while (start - 1 > least && text[start - 1] != '/')
        {
            int word = start - 1;
            while (word > least && char.IsAsciiLetterOrDigit(text[word - 1]))
            {
                word--;
            }

            if (word == start - 1 || IsPlain(text.AsSpan(word, start - 1 - word)))
            {
                break;
            }

            start = word;
        }

        return start;
    }

    private static int After(string text, int at, int end)
    {
        while (at < end)
        {
            int word = at;
            while (word < end && !char.IsAsciiLetterOrDigit(text[word]))
            {
                word++;
            }

            int last = word;
            while (last < end && char.IsAsciiLetterOrDigit(text[last]))
            {
                last++;
            }

            if (last == word)
            {
                return text[at] == '=' ? last : at;
            }

            if (IsPlain(text.AsSpan(word, last - word)))
            {
                break;
            }

            at = last;
        }

        return at;
    }

    // A word, a number, or a word with a capital.
    private static bool IsPlain(ReadOnlySpan<char> word) =>
        word.IndexOfAnyExceptInRange('0', '9') < 0 || word[1..].IndexOfAnyExceptInRange('a', 'z') < 0
            || word.IndexOfAnyExceptInRange('A', 'Z') < 0;

    private static bool IsRandom(ReadOnlySpan<char> word, bool isName)
    {
        if (word.Length < ShortestMixed)
        {
            return false;
        }

        (int upper, int lower, int digits, int changes) = Count(word);
        if (upper > 0 && lower > 0)
        {
            return digits > 0 ? changes * 3 >= word.Length : word.Length >= ShortestOfTwo && changes * 5 >= word.Length * 2;
        }

        // Names of objects are in small letters, and many end in a hash.
        if (isName || digits == 0 || upper + lower == 0)
        {
            return false;
        }

        bool isHex = upper == 0 && word.IndexOfAnyExcept(CharSets.Hex) < 0;
        return isHex ? word.Length >= ShortestHex : word.Length >= ShortestOfTwo && changes * 3 >= word.Length;
    }

    private static bool IsJoined(ReadOnlySpan<char> words)
    {
        (int upper, int lower, int digits, int changes) = Count(words);
        return upper > 2 && lower > 2 && digits > 0 && changes * 2 >= words.Length;
    }

    // A capital and the small letters behind it are one part, as in names that are written in one word.
    private static (int Upper, int Lower, int Digits, int Changes) Count(ReadOnlySpan<char> word)
    {
        int upper = 0, lower = 0, digits = 0, changes = 0;
        int before = 0;
        foreach (char c in word)
        {
            int kind = char.IsAsciiDigit(c) ? 1 : char.IsAsciiLetterUpper(c) ? 2 : char.IsAsciiLetterLower(c) ? 3 : 0;
            digits += kind == 1 ? 1 : 0;
            upper += kind == 2 ? 1 : 0;
            lower += kind == 3 ? 1 : 0;
            changes += kind != before && kind != 0 && !(before == 2 && kind == 3) ? 1 : 0;
            before = kind == 0 ? before : kind;
        }

        return (upper, lower, digits, changes);
    }

    private static bool IsPublic(string text, int start, int length)
    {
        ReadOnlySpan<char> before = text.AsSpan(0, start);
        foreach (string sign in PublicBefore)
        {
            if (before.EndsWith(sign, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        // Clients of Kubernetes tell the commit that they are built from: tool/v1 (linux/amd64) tool/COMMIT
        const int LongestReference = 200;
        before = before[Math.Max(0, before.Length - LongestReference)..];
        int platform = length != 40 ? -1 : before.LastIndexOf("64) ", StringComparison.Ordinal);
        if (platform > 0 && before[(platform + 4)..].IndexOfAnyExcept(CharSets.OfClient) < 0)
        {
            return true;
        }

        // registry/image:COMMIT, and image:branch-COMMIT
        if (length is not (40 or 64) || text.AsSpan(start, length).IndexOfAnyExcept(CharSets.Hex) >= 0)
        {
            return false;
        }

        ReadOnlySpan<char> image = before[(before.LastIndexOfAny(CharSets.BeforeImage) + 1)..];
        int slash = image.IndexOf('/');
        return slash > 0 && image.LastIndexOf(':') > slash && image.IndexOf("//", StringComparison.Ordinal) < 0 && image.IndexOf('@') < 0;
    }
}
