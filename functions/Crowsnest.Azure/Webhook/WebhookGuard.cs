using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Webhook;

/// <summary>Says who may post. Comparisons take the same time wherever they differ.</summary>
public sealed class WebhookGuard(IOptions<WebhookOptions> options)
{
    private const string Bearer = "Bearer ";

    private readonly byte[]? _secret =
        options.Value.Secret.Length == 0 ? null : SHA256.HashData(Encoding.UTF8.GetBytes(options.Value.Secret));

    private readonly byte[][] _certificates =
    [
        .. options.Value.ClientCertificates.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(Convert.FromHexString),
    ];

    /// <summary>True when a secret or a certificate is set.</summary>
    public bool IsConfigured => _secret is not null || _certificates.Length > 0;

    /// <summary>Checks what a request brings.</summary>
    /// <param name="authorization">The Authorization header.</param>
    /// <param name="clientCertificate">The certificate that the platform checked, base64 of its DER (header X-ARR-ClientCert).</param>
    public bool Admits(string? authorization, string? clientCertificate) =>
        HasSecret(authorization ?? "") || HasCertificate(clientCertificate ?? "");

    private bool HasSecret(string authorization) =>
        _secret is not null && authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Bearer.Length..].Trim())), _secret);

    private bool HasCertificate(string clientCertificate)
    {
        byte[] der = new byte[clientCertificate.Length];
        if (_certificates.Length == 0 || !Convert.TryFromBase64String(clientCertificate, der, out int length) || length == 0)
        {
            return false;
        }

        byte[] thumbprint = SHA256.HashData(der.AsSpan(0, length));
        return Array.Exists(_certificates, known => CryptographicOperations.FixedTimeEquals(thumbprint, known));
    }
}
