using System.Globalization;
using System.Security.Cryptography;

namespace Crowsnest.LocalHost.Replay;

/// <summary>What a stretch of a file is known by: its length and the first half of its SHA-256.</summary>
internal readonly record struct Fingerprint(int Length, string Hash)
{
    /// <summary>Longest stretch to take. Audit events differ in their first hundred bytes.</summary>
    internal const int Longest = 4096;

    private const int HashBytes = 16;

    internal static Fingerprint None { get; } = new(0, "");

    internal static Fingerprint Of(ReadOnlySpan<byte> bytes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return bytes.IsEmpty ? None : new Fingerprint(bytes.Length, Convert.ToHexStringLower(hash[..HashBytes]));
    }

    internal static Fingerprint? Parse(string length, string hash) =>
        int.TryParse(length, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            && number is > 0 and <= Longest
            && hash.Length == 2 * HashBytes
            && hash.All(char.IsAsciiHexDigitLower)
            ? new Fingerprint(number, hash)
            : null;
}
