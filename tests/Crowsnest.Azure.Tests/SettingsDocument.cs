using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Crowsnest.Azure.Channels;
using Crowsnest.Azure.Compaction;
using Crowsnest.Azure.Feeds;
using Crowsnest.Azure.Investigation;
using Crowsnest.Azure.Mail;
using Crowsnest.Azure.Webhook;

namespace Crowsnest.Azure.Tests;

/// <summary>docs/settings.md, made of the options classes and what they say of themselves.</summary>
internal static partial class SettingsDocument
{
    private static readonly XDocument Comments = XDocument.Load(Path.Combine(AppContext.BaseDirectory, "Crowsnest.Azure.xml"));

    /// <summary>Settings that no options class holds, with whether the deployment must set them, and what they mean.</summary>
    internal static readonly (string Name, bool IsNeeded, string Meaning)[] OfThePlatform =
    [
        ("AzureWebJobsStorage", false, "connection string of the storage account; in Azure the four below instead, for an identity"),
        ("AzureWebJobsStorage__blobServiceUri", true, "address of the account's blobs"),
        ("AzureWebJobsStorage__queueServiceUri", true, "address of its queues"),
        ("AzureWebJobsStorage__tableServiceUri", true, "address of its tables"),
        ("AzureWebJobsStorage__credential", true, "`managedidentity`; empty for whoever has logged in"),
        ("AzureWebJobsStorage__clientId", true, "client id of the app's identity"),
        ("Archive", false, "connection string of the archive's account; empty for the same account"),
        ("Archive__blobServiceUri", true, "address of the archive's account"),
        ("Archive__credential", true, "`managedidentity`; empty for whoever has logged in"),
        ("Archive__clientId", true, "client id of the identity that writes the archive"),
        ("AuditHub", false, "connection string of the hub; in Azure the three below instead"),
        ("AuditHub__fullyQualifiedNamespace", true, "namespace of the hub"),
        ("AuditHub__credential", true, "`managedidentity`"),
        ("AuditHub__clientId", true, "client id of the identity that reads the hub"),
        ("AUDIT_HUB_NAME", true, "the hub"),
        ("AUDIT_CONSUMER_GROUP", true, "the consumer group"),
        ("APPLICATIONINSIGHTS_CONNECTION_STRING", true, "where telemetry goes; empty for nowhere"),
        ("APPLICATIONINSIGHTS_AUTHENTICATION_STRING", true, "`ClientId=…;Authorization=AAD`: with which identity"),
        ("WEBSITE_HOSTNAME", false, "the app's own address, which Azure sets"),
        ("WEBSITE_INSTANCE_ID", false, "the instance, which Azure sets: where it is, the key of a local console opens nothing"),
        ("WEBSITE_AUTH_ENABLED", false, "whether people sign in through App Service authentication, which Azure sets"),
    ];

    /// <summary>The sections: path, and an instance with its defaults.</summary>
    internal static (string Path, object Defaults)[] Sections()
    {
        InvestigationOptions investigation = new();
        investigation.LimitToService();
        return
        [
            (CrowsnestOptions.Section, new CrowsnestOptions()),
            (MailOptions.Section, new MailOptions()),
            (WebhookChannelOptions.Section + ":N", new WebhookChannelOptions()),
            (WebhookOptions.Section, new WebhookOptions()),
            (CanaryOptions.Section + ":N", new CanaryOptions()),
            (CompactionOptions.Section, new CompactionOptions()),
            (InvestigationOptions.Section, investigation),
            (ConsoleOptions.Section, new ConsoleOptions()),
        ];
    }

    /// <summary>Every setting of the options classes: name, default, range, meaning.</summary>
    internal static IEnumerable<(string Name, string Default, string Meaning)> SettingsOf(string path, object options)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties())
        {
            object? value = property.CanWrite ? property.GetValue(options) : null;
            if (SettingsCheck.IsList(property.PropertyType))
            {
                Type entry = property.PropertyType.GetGenericArguments()[0];
                foreach ((string, string, string) one in SettingsOf($"{path}:{property.Name}:N", Activator.CreateInstance(entry)!))
                {
                    yield return one;
                }
            }
            else if (property.CanWrite && value is RouteOptions route)
            {
                foreach ((string, string, string) one in SettingsOf($"{path}:{property.Name}", route))
                {
                    yield return one;
                }
            }
            else if (property.CanWrite)
            {
                yield return (SettingsCheck.NameOf(path, property.Name), Shown(value), MeaningOf(property));
            }
        }
    }

    internal static string Write(IReadOnlySet<string> deployed)
    {
        StringBuilder text = new("""
            # Settings

            App settings of the function app; `__` separates the parts of a name, and `N` counts from 0. All are checked at start, and everything
            that is wrong is said at once. *Deployed* are those that the deployment sets: [deploy.md](deploy.md). More of them go
            there as `CROWSNEST_SETTINGS`, and secrets as `CROWSNEST_SECRET_SETTINGS`.

            This page is made of the options classes in `functions/Crowsnest.Azure`; a test holds it against them. Pages that say more:
            [alerts](alerts.md), [archive](archive.md), [any Kubernetes](any-kubernetes.md), [rules](rules.md).

            ## The platform

            | setting | | meaning |
            |---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach ((string name, _, string meaning) in OfThePlatform)
        {
            text.Append(CultureInfo.InvariantCulture, $"| `{name}` | {(deployed.Contains(name) ? "deployed" : "")} | {meaning} |\n");
        }

        foreach ((string path, object defaults) in Sections())
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {path.Replace(":", "__", StringComparison.Ordinal)}\n\n");
            text.Append(CultureInfo.InvariantCulture, $"{SummaryOf($"T:{defaults.GetType().FullName}")}\n\n");
            text.Append("| setting | default | meaning |\n|---|---|---|\n");
            foreach ((string name, string value, string meaning) in SettingsOf(path, defaults))
            {
                string shown = deployed.Contains(name) ? $"{value}{(value.Length > 0 ? ", " : "")}deployed" : value;
                text.Append(CultureInfo.InvariantCulture, $"| `{name}` | {shown} | {meaning} |\n");
            }
        }

        return text.ToString();
    }

    private static string Shown(object? value) => value switch
    {
        null or "" => "",
        bool flag => flag ? "true" : "false",
        _ => $"`{Convert.ToString(value, CultureInfo.InvariantCulture)}`",
    };

    private static string MeaningOf(PropertyInfo property)
    {
        string range = property.GetCustomAttribute<RangeAttribute>() is { } limits
            ? string.Create(CultureInfo.InvariantCulture, $" From {limits.Minimum} to {limits.Maximum}.") : "";
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        string names = type.IsEnum ? $" One of {string.Join(", ", Enum.GetNames(type).Select(static name => $"`{name}`"))}." : "";
        string needed = property.GetCustomAttribute<RequiredAttribute>() is null ? "" : " Must not be empty.";
        return SummaryOf($"P:{property.DeclaringType!.FullName}.{property.Name}") + range + names + needed;
    }

    /// <exception cref="InvalidOperationException">It says nothing of itself.</exception>
    private static string SummaryOf(string member)
    {
        XElement summary = Comments.Descendants("member").SingleOrDefault(one => one.Attribute("name")!.Value == member)?.Element("summary")
            ?? throw new InvalidOperationException($"{member} has no summary, which docs/settings.md is made of");
        string text = string.Concat(summary.Nodes().Select(static node => node switch
        {
            XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
            XElement { Name.LocalName: "see" } link => $"`{link.Attribute("cref")!.Value.Split('.')[^1]}`",
            XText plain => plain.Value,
            _ => "",
        }));
        return Spaces().Replace(text, " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
