namespace Crowsnest.Azure.Webhook;

/// <summary>Who may post the audit events of one cluster, section <c>Crowsnest:Webhook:Clusters:N</c>.</summary>
public sealed class WebhookClusterOptions
{
    /// <summary>The cluster, as in the path that is posted to.</summary>
    public string Name { get; set; } = "";

    /// <summary>The cluster's own secret; no other cluster may be posted with it.</summary>
    public string Secret { get; set; } = "";

    /// <summary>SHA-256 thumbprints of client certificates that are let in for the cluster, in hex, separated by commas.</summary>
    public string ClientCertificates { get; set; } = "";
}
