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

    private static readonly ulong[] Places = PlacesOfKept();

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

    // Takes 64 bytes, or those before an escape that stands for another byte than the one behind the backslash, and that escape.
    // The places of quotes and backslashes are found for all of them at once, and the backslashes that are to go are left out
    // eight bytes at a time: the same steps wherever they stand, since branches that depend on it would mostly be guessed wrong.
    // True at the end of the string, with read behind it.
    private static bool UnescapeBlock(ReadOnlySpan<byte> json, ref int read, Span<byte> target, ref int written)
    {
        ref byte source = ref Unsafe.Add(ref MemoryMarshal.GetReference(json), read);
        ref byte destination = ref Unsafe.Add(ref MemoryMarshal.GetReference(target), written);
        Vector256<byte> low = Vector256.LoadUnsafe(ref source);
        Vector256<byte> high = Vector256.LoadUnsafe(ref source, 32);
        ulong quotes = Mask(low, high, (byte)'"');
        ulong backslashes = Mask(low, high, (byte)'\\');
        if ((quotes | backslashes) == 0)
        {
            low.StoreUnsafe(ref destination);
            high.StoreUnsafe(ref destination, 32);
            read += BlockSize;
            written += BlockSize;
            return false;
        }

        ulong escapes = Escapes(backslashes);
        ulong ends = quotes & ~(escapes << 1);
        ulong stops = ends | (escapes & ~((quotes | backslashes) >> 1));
        written += Pack(ref source, ~escapes & ~stops & (stops - 1), ref destination);
        if (stops == 0)
        {
            read += BlockSize;
            return false;
        }

        int stop = BitOperations.TrailingZeroCount(stops);
        read += stop;
        if ((ends >> stop & 1) != 0)
        {
            read++;
            return true;
        }

        UnescapeOne(json, ref read, target, ref written);
        return false;
    }

    // The backslashes that escape what follows: in a row of them every other, from the first on. A row that begins at an even
    // place ends in a carry at the place behind it that tells its length (simdjson, json_escape_scanner).
    private static ulong Escapes(ulong backslashes)
    {
        const ulong OddPlaces = 0xAAAA_AAAA_AAAA_AAAA;
        return (((backslashes << 1) | OddPlaces) - backslashes ^ OddPlaces) & backslashes;
    }

    // Copies the bytes whose bits are set; up to seven more are written behind them, which whatever comes next overwrites.
    private static int Pack(ref byte source, ulong kept, ref byte destination)
    {
        ref ulong places = ref MemoryMarshal.GetArrayDataReference(Places);
        int written = 0;
        for (int i = 0; i < BlockSize; i += sizeof(ulong))
        {
            uint keep = (byte)(kept >> i);
            Vector128<byte> eight = Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref source, i))).AsByte();
            Vector128<byte> order = Vector128.CreateScalarUnsafe(Unsafe.Add(ref places, keep)).AsByte();
            ulong packed = Vector128.ShuffleNative(eight, order).AsUInt64().ToScalar();
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref destination, written), packed);
            written += BitOperations.PopCount(keep);
        }

        return written;
    }

    // For each pattern of kept bytes, their places one behind the other.
    private static ulong[] PlacesOfKept()
    {
        ulong[] places = new ulong[1 << sizeof(ulong)];
        for (uint keep = 0; keep < places.Length; keep++)
        {
            int at = 0;
            for (uint left = keep; left != 0; left &= left - 1)
            {
                places[keep] |= (ulong)BitOperations.TrailingZeroCount(left) << (8 * at++);
            }
        }

        return places;
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
