using System.ComponentModel.DataAnnotations;
using Crowsnest.Azure.Channels;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Crowsnest.Azure.Mail;

/// <summary>
/// Where mails go, section <c>Crowsnest:Mail</c>. Without an endpoint and a host they are written into the pickup folder.
/// </summary>
public sealed class MailOptions : IValidatableObject
{
    public const string Section = "Crowsnest:Mail";

    /// <summary>Who mails come from.</summary>
    [Required]
    public string From { get; set; } = "crowsnest@localhost";

    /// <summary>Recipients, separated by commas.</summary>
    [Required]
    public string To { get; set; } = "security@localhost";

    /// <summary>The recipients, one by one.</summary>
    public string[] Recipients => To.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>
    /// Address of an Azure Communication Services resource, which takes mails from the app's identity; empty for SMTP or the pickup
    /// folder.
    /// </summary>
    public string Endpoint { get; set; } = "";

    /// <summary><c>managedidentity</c> in Azure; empty for the identity that somebody has logged in with.</summary>
    public string Credential { get; set; } = "";

    /// <summary>Client id of a user-assigned identity.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>SMTP server; empty to write mails into the pickup folder.</summary>
    public string Host { get; set; } = "";

    /// <summary>Port of the SMTP server; 465 is TLS from the beginning.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>User name for the SMTP server; empty when it asks for none.</summary>
    public string Username { get; set; } = "";

    /// <summary>Password for the SMTP server.</summary>
    public string Password { get; set; } = "";

    /// <summary>False only for a relay on the same machine: without TLS mails and password travel in the clear.</summary>
    public bool RequireTls { get; set; } = true;

    /// <summary>PEM file of the authorities that the server's certificate may come from; empty for those of the system.</summary>
    public string CertificateAuthority { get; set; } = "";

    /// <summary>Folder for <c>.eml</c> files when no host is set.</summary>
    [Required]
    public string PickupFolder { get; set; } = "mails";

    /// <summary>How long the server may take for one step, in seconds. Three of these must end before a claim does.</summary>
    [Range(1, 50)]
    public int TimeoutSeconds { get; set; } = 30;

    /// <summary>Which alerts are mailed, and when.</summary>
    [ValidateObjectMembers]
    public RouteOptions Route { get; set; } = new();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (string address in Recipients.Append(From).Where(static address => !MailboxAddress.TryParse(address, out _)))
        {
            yield return new ValidationResult($"'{address}' is no mail address", [nameof(To)]);
        }

        if (Recipients.Length == 0)
        {
            yield return new ValidationResult("To names nobody", [nameof(To)]);
        }

        if (Endpoint.Length > 0 && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme == Uri.UriSchemeHttps))
        {
            yield return new ValidationResult($"Endpoint '{Endpoint}' must begin with https://", [nameof(Endpoint)]);
        }

        if (Endpoint.Length > 0 && Host.Length > 0)
        {
            yield return new ValidationResult("set Endpoint or Host, not both: a mail goes one way", [nameof(Endpoint)]);
        }

        if (CertificateAuthority.Length > 0 && !File.Exists(CertificateAuthority))
        {
            yield return new ValidationResult($"there is no file {CertificateAuthority}", [nameof(CertificateAuthority)]);
        }
    }
}
