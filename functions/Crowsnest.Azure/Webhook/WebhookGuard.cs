using System.Security.Cryptography;
using System.Text;
using Crowsnest.Core.Intake;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Webhook;

/// <summary>Says who may post, and for which cluster.</summary>
public sealed class WebhookGuard
{
    private const string Bearer = "Bearer ";

    private readonly Dictionary<string, WebhookKey> _keys;
    private readonly WebhookKey _shared;
    private readonly WebhookKey? _forOthers;
    private readonly bool _checksCertificates;

    public WebhookGuard(IOptions<WebhookOptions> options, IOptions<CrowsnestOptions> pipeline)
    {
        WebhookOptions settings = options.Value;
        Default = ClusterName.Sanitize(pipeline.Value.DefaultCluster);
        _keys = settings.Clusters.ToDictionary(
            static one => ClusterName.Sanitize(one.Name), static one =>
                new WebhookKey(one.Secret, one.ClientCertificates), StringComparer.Ordinal);
        _shared = new WebhookKey(settings.Secret, settings.ClientCertificates);
        _forOthers = settings.SecretForAll ? _shared : null;
        _keys.TryAdd(Default, _shared);
        _checksCertificates = settings.PlatformChecksCertificates;
    }

    /// <summary>True when a secret or a certificate is set.</summary>
    public bool IsConfigured => _shared.IsSet || _keys.Values.Any(static key => key.IsSet);

    /// <summary>The cluster that is posted for when the path names none.</summary>
    public string Default { get; }

    /// <summary>Checks what a request brings.</summary>
    /// <param name="cluster">The cluster that it posts for.</param>
    /// <param name="authorization">The Authorization header.</param>
    /// <param name="clientCertificate">The certificate that the platform checked, base64 of its DER (header X-ARR-ClientCert).</param>
    public bool Admits(string cluster, string? authorization, string? clientCertificate) =>
        (_keys.GetValueOrDefault(cluster) ?? _forOthers) is { } key
        && (HasSecret(key, authorization ?? "") || (_checksCertificates && HasCertificate(key, clientCertificate ?? "")));

    private static bool HasSecret(WebhookKey key, string authorization) =>
        authorization.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
        && key.IsSecret(SHA256.HashData(Encoding.UTF8.GetBytes(authorization[Bearer.Length..].Trim())));

    private static bool HasCertificate(WebhookKey key, string clientCertificate)
    {
        byte[] der = new byte[clientCertificate.Length];
        return Convert.TryFromBase64String(clientCertificate, der, out int length) && length > 0
            && key.IsCertificate(SHA256.HashData(der.AsSpan(0, length)));
    }
}
