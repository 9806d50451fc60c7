using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Webhook;

/// <summary>Checks the webhook's settings at start.</summary>
[OptionsValidator]
public sealed partial class WebhookOptionsValidator : IValidateOptions<WebhookOptions>;
