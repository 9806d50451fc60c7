using System.ComponentModel.DataAnnotations;
using Crowsnest.Core.Intake;

namespace Crowsnest.Azure.Webhook;

/// <summary>Who may post audit events, section <c>Crowsnest:Webhook</c>. Without a secret or certificate nobody may.</summary>
public sealed class WebhookOptions : IValidatableObject
{
    public const string Section = "Crowsnest:Webhook";

    // What a person types as a secret is guessed by trying.
    private const int ShortestSecret = 16;

    /// <summary>
    /// The secret of the default cluster: the token in the kubeconfig of the API server's <c>--audit-webhook-config-file</c>.
    /// </summary>
    public string Secret { get; set; } = "";

    /// <summary>SHA-256 thumbprints of client certificates that are let in for the default cluster, in hex, separated by commas.</summary>
    public string ClientCertificates { get; set; } = "";

    /// <summary>
    /// True to let whoever has <see cref="Secret"/> or one of <see cref="ClientCertificates"/> post for every cluster that has no
    /// secret of its own. Whoever has one cluster can then forge events of the others.
    /// </summary>
    public bool SecretForAll { get; set; }

    /// <summary>
    /// True only where the platform asks for client certificates and checks them (App Service: client certificate mode
    /// "Required"). Elsewhere anyone may write the header <c>X-ARR-ClientCert</c>, and certificates are public.
    /// </summary>
    public bool PlatformChecksCertificates { get; set; }

    /// <summary>The clusters that have a secret or certificates of their own.</summary>
    public IList<WebhookClusterOptions> Clusters { get; } = [];

    /// <summary>Most bytes of a body as sent. An API server sends at most 10 MiB by default.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int LargestBody { get; set; } = 16 * 1024 * 1024;

    /// <summary>Bodies stored at once; more wait, and are told to come back after 15 seconds.</summary>
    [Range(1, 1024)]
    public int MostAtOnce { get; set; } = 16;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (WebhookClusterOptions cluster in Clusters)
        {
            if (cluster.Name.Length == 0 || (cluster.Secret.Length == 0 && cluster.ClientCertificates.Length == 0))
            {
                yield return new ValidationResult("Webhook:Clusters:N needs a Name, and a Secret or ClientCertificates",
                    [nameof(Clusters)]);
            }

            if (cluster.Secret.Length is > 0 and < ShortestSecret)
            {
                yield return new ValidationResult(
                    $"the Secret of cluster '{cluster.Name}' must have {ShortestSecret} characters or more", [nameof(Clusters)]);
            }
        }

        if (Clusters.GroupBy(static one => ClusterName.Sanitize(one.Name)).Any(static name => name.Count() > 1)
            || Clusters.Where(static one => one.Secret.Length > 0).GroupBy(static one => one.Secret)
                .Any(static secret => secret.Count() > 1))
        {
            yield return new ValidationResult("no two entries of Webhook:Clusters may share a Name or a Secret", [nameof(Clusters)]);
        }

        bool hasCertificates = ClientCertificates.Length > 0 || Clusters.Any(static one => one.ClientCertificates.Length > 0);
        if (hasCertificates && !PlatformChecksCertificates)
        {
            yield return new ValidationResult(
                "ClientCertificates need PlatformChecksCertificates, which is true only where the platform requires client certificates",
                [nameof(ClientCertificates)]);
        }

        if (Clusters.Select(static one => one.ClientCertificates).Append(ClientCertificates).SelectMany(WebhookKey.Split)
            .Any(static one => !WebhookKey.IsThumbprint(one)))
        {
            yield return new ValidationResult("ClientCertificates are SHA-256 thumbprints: 64 hex digits each",
                [nameof(ClientCertificates)]);
        }
    }
}
