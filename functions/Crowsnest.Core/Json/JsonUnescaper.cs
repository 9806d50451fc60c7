using System.Buffers.Text;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Crowsnest.Core.Json;

/// <summary>
/// Takes the escapes out of a JSON string in one pass that also finds its end. AKS sends the audit event as a string, with
/// an escape every ten bytes. What is no escape at all, or a lone surrogate, becomes U+FFFD: better a strange letter than a
/// lost event.
/// </summary>
internal static class JsonUnescaper
{
    /// <summary>Room that the target needs beyond the length of the input.</summary>
    internal const int Slack = 64;

    private const int BlockSize = 64;

    /// <summary>Unescapes a string.</summary>
    /// <param name="json">The input.</param>
    /// <param name="start">The index after the opening quote.</param>
    /// <param name="target">Receives the text: as long as the rest of the input and <see cref="Slack"/>.</param>
    /// <param name="written">Bytes written; when the input ends inside the string, what came before that.</param>
    /// <returns>The index after the closing quote, or -1 when the input ends inside the string.</returns>
    internal static int Unescape(ReadOnlySpan<byte> json, int start, Span<byte> target, out int written)
    {
        int read = start;
        written = 0;
        while (read <= json.Length - (2 * BlockSize))
        {
            if (UnescapeBlock(json, ref read, target, ref written))
            {
                return read;
            }
        }

        while (read < json.Length)
        {
            byte c = json[read];
            if (c == (byte)'"')
            {
                return read + 1;
            }

            if (c != (byte)'\\')
            {
                target[written++] = c;
                read++;
            }
            else if (!UnescapeOne(json, ref read, target, ref written))
            {
                break;
            }
        }

        return -1;
    }

    // Takes 64 bytes, and the rest of an escape that starts in them. The places of quotes and backslashes are found for all
    // of them at once; the stretches between are copied 32 bytes at a time, past their ends, which the next one overwrites.
    // True at the end of the string, with read behind it.
    private static bool UnescapeBlock(ReadOnlySpan<byte> json, ref int read, Span<byte> target, ref int written)
    {
        ref byte source = ref Unsafe.Add(ref MemoryMarshal.GetReference(json), read);
        ref byte destination = ref MemoryMarshal.GetReference(target);
        Vector256<byte> low = Vector256.LoadUnsafe(ref source);
        Vector256<byte> high = Vector256.LoadUnsafe(ref source, 32);
        ulong quotes = Mask(low, high, (byte)'"');
        ulong backslashes = Mask(low, high, (byte)'\\');
        int from = 0;
        while (true)
        {
            int escape = BitOperations.TrailingZeroCount(backslashes);
            int quote = BitOperations.TrailingZeroCount(quotes);
            int to = Math.Min(Math.Min(escape, quote), BlockSize);
            if (to > from)
            {
                Vector256.LoadUnsafe(ref source, (nuint)from).StoreUnsafe(ref destination, (nuint)written);
                if (to - from > 32)
                {
                    Vector256.LoadUnsafe(ref source, (nuint)from + 32).StoreUnsafe(ref destination, (nuint)written + 32);
                }

                written += to - from;
            }

            if (quote < escape)
            {
                read += quote + 1;
                return true;
            }

            if (escape >= BlockSize)
            {
                read += Math.Max(from, BlockSize);
                return false;
            }

            byte escaped = Unsafe.Add(ref source, escape + 1);
            if (escaped == (byte)'u')
            {
                read += escape;
                UnescapeOne(json, ref read, target, ref written);
                return false;
            }

            target[written++] = Simple(escaped);
            from = escape + 2;
            backslashes &= ~(3UL << escape);
            quotes &= ~(2UL << escape);
        }
    }

    // The reader stands on a backslash. False when the input ends inside the escape.
    private static bool UnescapeOne(ReadOnlySpan<byte> json, ref int read, Span<byte> target, ref int written)
    {
        if (read + 1 >= json.Length)
        {
            return false;
        }

        if (json[read + 1] == (byte)'u')
        {
            return Unicode(json, ref read, target, ref written);
        }

        target[written++] = Simple(json[read + 1]);
        read += 2;
        return true;
    }

    private static byte Simple(byte escape) => escape switch
    {
        (byte)'"' or (byte)'\\' => escape,
        (byte)'n' => (byte)'\n',
        (byte)'t' => (byte)'\t',
        (byte)'r' => (byte)'\r',
        (byte)'b' => (byte)'\b',
        (byte)'f' => (byte)'\f',
        _ => escape,
    };

    // "\u0041" or a pair of surrogates. False when the input ends inside it.
    private static bool Unicode(ReadOnlySpan<byte> json, ref int read, Span<byte> target, ref int write)
    {
        if (read + 6 > json.Length)
        {
            return false;
        }

        Rune rune = Rune.ReplacementChar;
        int length = 6;
        if (Hex(json, read + 2, out int unit))
        {
            if (char.IsHighSurrogate((char)unit) && read + 12 <= json.Length && json[read + 6] == (byte)'\\'
                && json[read + 7] == (byte)'u' && Hex(json, read + 8, out int low) && char.IsLowSurrogate((char)low))
            {
                rune = new Rune((char)unit, (char)low);
                length = 12;
            }
            else if (!char.IsSurrogate((char)unit))
            {
                rune = new Rune(unit);
            }
        }

        read += length;
        write += rune.EncodeToUtf8(target[write..]);
        return true;
    }

    private static ulong Mask(Vector256<byte> low, Vector256<byte> high, byte wanted)
    {
        Vector256<byte> value = Vector256.Create(wanted);
        return Vector256.Equals(low, value).ExtractMostSignificantBits()
            | ((ulong)Vector256.Equals(high, value).ExtractMostSignificantBits() << 32);
    }

    private static bool Hex(ReadOnlySpan<byte> json, int start, out int value) =>
        Utf8Parser.TryParse(json.Slice(start, 4), out value, out int consumed, 'x') && consumed == 4;
}
