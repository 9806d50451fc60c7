using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Configuration;

namespace Crowsnest.Azure;

/// <summary>Settings of the console's pages, section <c>Crowsnest:Console</c>.</summary>
public sealed class ConsoleOptions
{
    public const string Section = "Crowsnest:Console";

    /// <summary>Where the console is.</summary>
    public const string Path = "/api/console";

    // Set by the platform where App Service authentication is on, and where the app runs in Azure at all.
    private const string IsAuthenticating = "WEBSITE_AUTH_ENABLED";
    private const string Instance = "WEBSITE_INSTANCE_ID";

    /// <summary>
    /// On one machine: the key in the link that opens the console; the local host makes it. In Azure it is not looked at: there people
    /// sign in with Entra.
    /// </summary>
    [RegularExpression("^[0-9a-f]{32,}$", ErrorMessage = "takes at least 32 hexadecimal digits")]
    public string LocalKey { get; set; } = "";

    /// <summary>Days of the archive that a rule is tried on at most, by the button of its page.</summary>
    [Range(1, 90)]
    public int ReplayDays { get; set; } = 7;

    /// <summary>True in Azure.</summary>
    public static bool IsInAzure(IConfiguration configuration) => configuration[Instance] is { Length: > 0 };

    /// <summary>
    /// True when people sign in through App Service authentication, which then takes its headers off requests from outside.
    /// </summary>
    public static bool SignsIn(IConfiguration configuration) =>
        "true".Equals(configuration[IsAuthenticating], StringComparison.OrdinalIgnoreCase);

    /// <summary>True when somebody can open the console.</summary>
    public bool IsOpen(IConfiguration configuration) =>
        SignsIn(configuration) || (LocalKey.Length > 0 && !IsInAzure(configuration));

    /// <summary>The address of an incident's page.</summary>
    public static string AddressOf(Incident incident) =>
        $"{Path}/incident?cluster={Uri.EscapeDataString(incident.Cluster)}"
        + $"&day={incident.Day.ToString("O", CultureInfo.InvariantCulture)}&id={Uri.EscapeDataString(incident.Id)}";
}
