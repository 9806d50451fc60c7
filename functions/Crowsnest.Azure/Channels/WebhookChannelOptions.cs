using System.ComponentModel.DataAnnotations;

namespace Crowsnest.Azure.Channels;

/// <summary>A webhook that alerts go to, section <c>Crowsnest:Channels:N</c>.</summary>
public sealed class WebhookChannelOptions : RouteOptions
{
    public const string Section = "Crowsnest:Channels";

    private const string PagerDutyEvents = "https://events.pagerduty.com/v2/enqueue";

    /// <summary>Short and unique: letters, digits and dashes.</summary>
    [Required]
    [RegularExpression("^[A-Za-z0-9-]{1,40}$")]
    public string Name { get; set; } = "";

    /// <summary>What the receiver understands.</summary>
    [Required]
    public ChannelKind? Kind { get; set; }

    /// <summary>Where to post; for PagerDuty its own address unless another is given.</summary>
    public string Url { get; set; } = "";

    /// <summary>Routing key of PagerDuty, or the key that CloudEvents are signed with.</summary>
    public string Secret { get; set; } = "";

    /// <summary>Where to post.</summary>
    public Uri Target => new(Url.Length == 0 && Kind == ChannelKind.PagerDuty ? PagerDutyEvents : Url);

    public override IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (ValidationResult result in base.Validate(validationContext))
        {
            yield return result;
        }

        // In the clear only what does not leave the machine.
        if (!(Url.Length == 0 && Kind == ChannelKind.PagerDuty)
            && !(Uri.TryCreate(Url, UriKind.Absolute, out Uri? url)
                && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))))
        {
            yield return new ValidationResult("Url must begin with https://", [nameof(Url)]);
        }

        if (Secret.Length == 0 && Kind is ChannelKind.PagerDuty or ChannelKind.CloudEvents)
        {
            yield return new ValidationResult(
                Kind == ChannelKind.PagerDuty ? "Secret must be the integration's routing key" : "Secret must be the key to sign with",
                [nameof(Secret)]);
        }

        if (!WebhookSignature.IsKey(Secret))
        {
            yield return new ValidationResult("Secret begins with whsec_ and is no Base64 after it", [nameof(Secret)]);
        }

        if (Name == IAlertChannel.MailName)
        {
            yield return new ValidationResult($"the name '{Name}' is taken", [nameof(Name)]);
        }
    }
}
