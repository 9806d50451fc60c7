using System.Security.Cryptography;
using System.Text;

namespace Crowsnest.Azure.Webhook;

/// <summary>What lets in for one cluster: a secret, certificates, or both. Comparisons take the same time wherever they differ.</summary>
internal sealed class WebhookKey(string secret, string certificates)
{
    private const int ThumbprintLength = 64;

    private readonly byte[]? _secret = secret.Length == 0 ? null : SHA256.HashData(Encoding.UTF8.GetBytes(secret));
    private readonly byte[][] _certificates = [.. Split(certificates).Select(Convert.FromHexString)];

    internal bool IsSet => _secret is not null || _certificates.Length > 0;

    internal static string[] Split(string certificates) =>
        certificates.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    internal static bool IsThumbprint(string text) => text.Length == ThumbprintLength && text.All(char.IsAsciiHexDigit);

    internal bool IsSecret(ReadOnlySpan<byte> given) => _secret is not null && CryptographicOperations.FixedTimeEquals(given, _secret);

    internal bool IsCertificate(byte[] thumbprint) =>
        Array.Exists(_certificates, known => CryptographicOperations.FixedTimeEquals(thumbprint, known));
}
