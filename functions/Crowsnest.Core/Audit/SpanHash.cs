using System.Buffers.Binary;
using System.Numerics;

namespace Crowsnest.Core.Audit;

/// <summary>
/// A quick hash of bytes for direct-mapped tables, where a collision costs a miss and nothing else. Not for dictionaries:
/// whoever knows it can make collisions.
/// </summary>
internal static class SpanHash
{
    private const ulong Prime = 0x9E3779B97F4A7C15UL;

    // The upper half: the low bits of a product know only the last bytes, and in JSON these are always the same.
    internal static uint Of(ReadOnlySpan<byte> bytes) => (uint)(Of64(bytes) >> 32);

    internal static ulong Of64(ReadOnlySpan<byte> bytes)
    {
        ulong hash = (ulong)bytes.Length * Prime;
        while (bytes.Length >= 8)
        {
            hash = BitOperations.RotateLeft(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), 27) * Prime;
            bytes = bytes[8..];
        }

        ulong rest = 0;
        foreach (byte b in bytes)
        {
            rest = (rest << 8) | b;
        }

        hash = (hash ^ rest) * Prime;
        return hash ^ (hash >> 32);
    }
}
