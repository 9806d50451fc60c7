using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Crowsnest.Core.Features;

/// <summary>
/// Turns names into keyed 64-bit hashes: a model then holds no names, and nobody without the key can craft a collision.
/// Not thread-safe.
/// </summary>
public sealed class TraitHasher
{
    private const int LargestCache = 100_000;

    private readonly Dictionary<string, ulong> _cache = new(StringComparer.Ordinal);
    private readonly byte[] _key;

    public TraitHasher(ReadOnlySpan<byte> key) => _key = key.ToArray();

    /// <summary>The hash of a text: the first 8 bytes of its HMAC-SHA256, never 0.</summary>
    public ulong Hash(string text)
    {
        if (_cache.TryGetValue(text, out ulong hash))
        {
            return hash;
        }

        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(text), mac);
        hash = BinaryPrimitives.ReadUInt64LittleEndian(mac) | 1;
        if (_cache.Count >= LargestCache)
        {
            _cache.Clear();
        }

        _cache.Add(text, hash);
        return hash;
    }

    /// <summary>Joins two hashes; the order matters. Both are keyed, so the joint needs only to spread well.</summary>
    public static ulong Join(ulong first, ulong second)
    {
        // The finaliser of MurmurHash3 over a combination that is not symmetric.
        ulong hash = (first * 0x9E3779B97F4A7C15UL) ^ (second + 0x7F4A7C159E3779B9UL + (first >> 3));
        hash ^= hash >> 33;
        hash *= 0xFF51AFD7ED558CCDUL;
        hash ^= hash >> 33;
        hash *= 0xC4CEB9FE1A85EC53UL;
        hash ^= hash >> 33;
        return hash | 1;
    }
}
