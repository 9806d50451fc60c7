using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Crowsnest.Core.Detections;

/// <summary>Ids that follow from content, never from a clock or a random number.</summary>
public static class ContentId
{
    /// <summary>24 hex digits (96 bits) of the SHA-256 of the parts, which are kept apart by a zero byte.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        int most = parts.Length;
        foreach (string part in parts)
        {
            most += Encoding.UTF8.GetMaxByteCount(part.Length);
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(most);
        int length = 0;
        foreach (string part in parts)
        {
            length += Encoding.UTF8.GetBytes(part, bytes.AsSpan(length));
            bytes[length++] = 0;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes.AsSpan(0, length), hash);
        ArrayPool<byte>.Shared.Return(bytes);
        return Convert.ToHexStringLower(hash[..12]);
    }
}
