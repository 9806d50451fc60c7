using System.ComponentModel.DataAnnotations;

namespace Crowsnest.Azure.Webhook;

/// <summary>Who may post audit events, section <c>Crowsnest:Webhook</c>. Without a secret or certificate nobody may.</summary>
public sealed class WebhookOptions
{
    public const string Section = "Crowsnest:Webhook";

    /// <summary>The shared secret: the token in the kubeconfig of the API server's <c>--audit-webhook-config-file</c>.</summary>
    public string Secret { get; set; } = "";

    /// <summary>SHA-256 thumbprints of client certificates that are let in, in hex, separated by commas.</summary>
    public string ClientCertificates { get; set; } = "";

    /// <summary>Most bytes of a body as sent. An API server sends at most 10 MiB by default.</summary>
    [Range(1024, 256 * 1024 * 1024)]
    public int LargestBody { get; set; } = 16 * 1024 * 1024;

    /// <summary>Bodies dealt with at once; more are told to come back later.</summary>
    [Range(1, 1024)]
    public int MostAtOnce { get; set; } = 8;
}
