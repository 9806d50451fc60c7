using System.ComponentModel.DataAnnotations;

namespace Crowsnest.Azure.Feeds;

/// <summary>
/// An API server that is asked something every five minutes, to see that the question comes back through the hub. Section
/// <c>Crowsnest:Canaries:N</c>.
/// </summary>
public sealed class CanaryOptions : IValidatableObject
{
    public const string Section = "Crowsnest:Canaries";

    /// <summary>The cluster's name, as in its events.</summary>
    [Required]
    public string Cluster { get; set; } = "";

    /// <summary>Address of the API server.</summary>
    [Required]
    public string Url { get; set; } = "";

    /// <summary>
    /// Token of a service account that needs no rights at all; empty to ask without credentials, which is refused, and logged
    /// too.
    /// </summary>
    public string Token { get; set; } = "";

    /// <summary>PEM file of the authority that the server's certificate comes from; empty for those of the system.</summary>
    public string CertificateAuthority { get; set; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out Uri? url)
            || !(url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
        {
            yield return new ValidationResult("Url must begin with https://", [nameof(Url)]);
        }
    }
}
