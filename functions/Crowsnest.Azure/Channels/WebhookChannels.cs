using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Channels;

/// <summary>Reads the webhooks that are set up.</summary>
public static class WebhookChannels
{
    /// <summary>The webhooks in <c>Crowsnest:Channels</c>.</summary>
    /// <exception cref="OptionsValidationException">One is not right; it names every fault of all.</exception>
    public static IReadOnlyList<WebhookChannelOptions> Read(IConfiguration configuration)
    {
        List<WebhookChannelOptions> all = [];
        List<string> faults = [];
        foreach (IConfigurationSection section in configuration.GetSection(WebhookChannelOptions.Section).GetChildren())
        {
            WebhookChannelOptions options = new();
            section.Bind(options);
            List<ValidationResult> results = [];
            Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
            faults.AddRange(results.Select(result => $"{section.Path}: {result.ErrorMessage}"));
            if (all.Any(other => string.Equals(other.Name, options.Name, StringComparison.OrdinalIgnoreCase)))
            {
                faults.Add($"{section.Path}: there is another channel of the name '{options.Name}'");
            }

            all.Add(options);
        }

        return faults.Count == 0 ? all
            : throw new OptionsValidationException(WebhookChannelOptions.Section, typeof(WebhookChannelOptions), faults);
    }
}
