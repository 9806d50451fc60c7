using System.Security.Cryptography;
using System.Text;

namespace Crowsnest.Core.Detections;

/// <summary>Ids that follow from content, never from a clock or a random number.</summary>
public static class ContentId
{
    /// <summary>24 hex digits (96 bits) of the SHA-256 of the parts, which are kept apart by a zero byte.</summary>
    public static string Of(params ReadOnlySpan<string> parts)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string part in parts)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(part));
            hash.AppendData([0]);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12));
    }
}
