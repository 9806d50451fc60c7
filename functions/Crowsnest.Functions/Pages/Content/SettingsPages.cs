using System.Collections;
using System.Globalization;
using System.Reflection;
using Crowsnest.Azure;
using Crowsnest.Azure.Channels;
using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Mail;
using Crowsnest.Azure.Webhook;
using Crowsnest.Functions.Pages.Access;
using Microsoft.Extensions.Options;

namespace Crowsnest.Functions.Pages.Content;

/// <summary>
/// The settings as they are in effect. Of texts only those are shown that can't be a secret, by name; of the others it is said whether
/// they are set: addresses of channels are secrets too.
/// </summary>
internal sealed class SettingsPages(IServiceProvider services, IEnumerable<IAlertChannel> channels, PageWriter writer) : IPageGroup
{
    private static readonly HashSet<string> Harmless =
    [
        nameof(CrowsnestOptions.DefaultCluster), nameof(CrowsnestOptions.ProxyNetworks), nameof(CrowsnestOptions.RulesFolder),
        nameof(CrowsnestOptions.ShippedModel), nameof(CrowsnestOptions.UserRulesFolder), nameof(CrowsnestOptions.PublicUrl),
        nameof(MailOptions.From), nameof(MailOptions.To), nameof(MailOptions.Host), nameof(MailOptions.Endpoint),
        nameof(MailOptions.PickupFolder),
    ];

    public IReadOnlyList<ConsolePage> Pages =>
    [
        new("settings", ConsoleRole.Admin, (request, _) => writer.ShowAsync<SettingsPage>(request, "Settings", new SettingsModel(
            [
                Section(CrowsnestOptions.Section, services.GetRequiredService<IOptions<CrowsnestOptions>>().Value),
                Section(MailOptions.Section, services.GetRequiredService<IOptions<MailOptions>>().Value),
                Section(WebhookOptions.Section, services.GetRequiredService<IOptions<WebhookOptions>>().Value),
                Section(CompactionOptions.Section, services.GetRequiredService<IOptions<CompactionOptions>>().Value),
                Section(InvestigationOptions.Section, services.GetRequiredService<IOptions<InvestigationOptions>>().Value),
                Section(ConsoleOptions.Section, services.GetRequiredService<IOptions<ConsoleOptions>>().Value),
            ],
            [.. channels.Select(static channel => channel.Name)]))),
    ];

    /// <summary>The settings of a section: the name each is set by, and what may be shown of its value.</summary>
    internal static (string Name, IReadOnlyList<(string Setting, string Value)> Settings) Section(string name, object options) => (
        name,
        [
            .. options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(static one => one.CanWrite)
                .OrderBy(static one => one.Name, StringComparer.Ordinal)
                .Select(one => ($"{name}:{one.Name}".Replace(":", "__", StringComparison.Ordinal), Show(one, one.GetValue(options)))),
        ]);

    private static string Show(PropertyInfo property, object? value) => value switch
    {
        null or "" => "not set",
        string text => Harmless.Contains(property.Name) ? text : "set",
        bool or Enum or int or long or double or TimeSpan => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        ICollection many => string.Create(CultureInfo.InvariantCulture, $"{many.Count} entries"),
        _ => "set",
    };
}
