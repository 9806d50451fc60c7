using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Crowsnest.Azure.Channels;

/// <summary>
/// Signs a body as the Standard Webhooks specification (1.0) says: HMAC-SHA256 over id, time and body, so that a receiver can
/// tell who sent it, that it is whole, and that it is fresh.
/// </summary>
public static class WebhookSignature
{
    private const string Base64Prefix = "whsec_";

    /// <summary>False for a key in Base64 that is none.</summary>
    internal static bool IsKey(string secret) =>
        !secret.StartsWith(Base64Prefix, StringComparison.Ordinal)
        || System.Buffers.Text.Base64.IsValid(secret.AsSpan(Base64Prefix.Length));

    /// <summary>The headers <c>webhook-id</c>, <c>webhook-timestamp</c> and <c>webhook-signature</c>.</summary>
    /// <param name="secret">The key: <c>whsec_</c> and Base64, or any text.</param>
    /// <param name="id">Id of the message; the same when it is sent again.</param>
    /// <param name="now">When it is sent.</param>
    /// <param name="body">What is sent.</param>
    public static IEnumerable<KeyValuePair<string, string>> Headers(string secret, string id, DateTimeOffset now, string body)
    {
        string time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] key = secret.StartsWith(Base64Prefix, StringComparison.Ordinal)
            ? Convert.FromBase64String(secret[Base64Prefix.Length..]) : Encoding.UTF8.GetBytes(secret);
        byte[] signature = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{id}.{time}.{body}"));
        return
        [
            new("webhook-id", id),
            new("webhook-timestamp", time),
            new("webhook-signature", $"v1,{Convert.ToBase64String(signature)}"),
        ];
    }
}
