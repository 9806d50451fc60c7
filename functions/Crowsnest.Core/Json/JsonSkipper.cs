using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Crowsnest.Core.Json;

/// <summary>
/// Finds where a JSON value ends without reading what is inside: request and response bodies are most of an audit log, and
/// most of them nobody asks for. 64 bytes at a time: quotes that are not escaped tell strings apart, and outside of them
/// brackets are counted. What lies inside is not validated; whoever reads it does that.
/// </summary>
internal static class JsonSkipper
{
    private const int BlockSize = 64;

    private static readonly SearchValues<byte> AfterScalar = SearchValues.Create(",}] \t\r\n"u8);

    /// <summary>Finds the end of the value that starts at the given place.</summary>
    /// <returns>The index after the value, or -1 when the input ends inside it.</returns>
    internal static int End(ReadOnlySpan<byte> json, int start)
    {
        switch (json[start])
        {
            case (byte)'"':
                return StringEnd(json, start + 1);
            case (byte)'{' or (byte)'[':
                return ContainerEnd(json, start);
            default:
                int length = json[start..].IndexOfAny(AfterScalar);
                return length < 0 ? -1 : start + length;
        }
    }

    /// <summary>Finds the end of a string.</summary>
    /// <param name="json">The input.</param>
    /// <param name="start">The index after the opening quote.</param>
    /// <returns>The index after the closing quote, or -1.</returns>
    internal static int StringEnd(ReadOnlySpan<byte> json, int start)
    {
        int position = start;
        while (position < json.Length)
        {
            int length = json[position..].IndexOfAny((byte)'"', (byte)'\\');
            if (length < 0)
            {
                return -1;
            }

            position += length;
            if (json[position] == (byte)'"')
            {
                return position + 1;
            }

            position += 2;
        }

        return -1;
    }

    private static int ContainerEnd(ReadOnlySpan<byte> json, int start)
    {
        int depth = 0;
        ulong inString = 0;
        ulong carry = 0;
        int position = start;
        ref byte first = ref MemoryMarshal.GetReference(json);
        while (position <= json.Length - BlockSize)
        {
            Vector256<byte> low = Vector256.LoadUnsafe(ref first, (nuint)position);
            Vector256<byte> high = Vector256.LoadUnsafe(ref first, (nuint)position + 32);
            ulong quotes = Mask(low, high, (byte)'"');
            ulong backslashes = Mask(low, high, (byte)'\\');
            if ((backslashes | carry) != 0)
            {
                quotes &= ~Escaped(backslashes, ref carry);
            }

            ulong inside = PrefixXor(quotes) ^ inString;
            inString = (ulong)((long)inside >> 63);

            // '[' and '{', like ']' and '}', differ in one bit only.
            Vector256<byte> bit = Vector256.Create((byte)0x20);
            ulong opens = Mask(low | bit, high | bit, (byte)'{') & ~inside;
            ulong closes = Mask(low | bit, high | bit, (byte)'}') & ~inside;
            int closing = BitOperations.PopCount(closes);
            if (closing >= depth)
            {
                int end = EndWithin(opens, closes, ref depth);
                if (end >= 0)
                {
                    return position + end + 1;
                }
            }
            else
            {
                depth += BitOperations.PopCount(opens) - closing;
            }

            position += BlockSize;
        }

        return TailEnd(json, position, depth, inString != 0, carry != 0);
    }

    private static int EndWithin(ulong opens, ulong closes, ref int depth)
    {
        for (ulong brackets = opens | closes; brackets != 0; brackets &= brackets - 1)
        {
            int index = BitOperations.TrailingZeroCount(brackets);
            depth += (opens >> index & 1) != 0 ? 1 : -1;
            if (depth == 0)
            {
                return index;
            }
        }

        return -1;
    }

    private static int TailEnd(ReadOnlySpan<byte> json, int position, int depth, bool inString, bool escaped)
    {
        for (; position < json.Length; position++)
        {
            byte c = json[position];
            if (escaped)
            {
                escaped = false;
            }
            else if (inString)
            {
                escaped = c == (byte)'\\';
                inString = c != (byte)'"';
            }
            else if (c == (byte)'"')
            {
                inString = true;
            }
            else if (c is (byte)'{' or (byte)'[')
            {
                depth++;
            }
            else if (c is (byte)'}' or (byte)']' && --depth == 0)
            {
                return position + 1;
            }
        }

        return -1;
    }

    // The bytes that stand after an odd number of backslashes. A backslash that is escaped itself escapes nothing.
    private static ulong Escaped(ulong backslashes, ref ulong carry)
    {
        ulong escaped = carry;
        backslashes &= ~carry;
        carry = 0;
        while (backslashes != 0)
        {
            int index = BitOperations.TrailingZeroCount(backslashes);
            if (index == BlockSize - 1)
            {
                carry = 1;
                break;
            }

            ulong next = 2UL << index;
            escaped |= next;
            backslashes &= ~(next | (1UL << index));
        }

        return escaped;
    }

    // Bit i becomes the parity of the bits up to i: set from an opening quote to before the closing one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong PrefixXor(ulong bits)
    {
        bits ^= bits << 1;
        bits ^= bits << 2;
        bits ^= bits << 4;
        bits ^= bits << 8;
        bits ^= bits << 16;
        return bits ^ (bits << 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mask(Vector256<byte> low, Vector256<byte> high, byte wanted)
    {
        Vector256<byte> value = Vector256.Create(wanted);
        return Vector256.Equals(low, value).ExtractMostSignificantBits()
            | ((ulong)Vector256.Equals(high, value).ExtractMostSignificantBits() << 32);
    }
}
