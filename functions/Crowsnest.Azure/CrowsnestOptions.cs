using System.ComponentModel.DataAnnotations;

namespace Crowsnest.Azure;

/// <summary>Settings of the pipeline, section <c>Crowsnest</c>.</summary>
public sealed class CrowsnestOptions
{
    public const string Section = "Crowsnest";

    /// <summary>Cluster of events whose envelope names none.</summary>
    [Required]
    public string DefaultCluster { get; set; } = "default";

    /// <summary>False alerts a day that the model's threshold is set for.</summary>
    [Range(0.01, 1000)]
    public double FalseAlertsPerDay { get; set; } = 10;

    /// <summary>Networks of the platform's own proxies, taken off <c>sourceIPs</c> from the right, separated by commas.</summary>
    [Required]
    public string ProxyNetworks { get; set; } = string.Join(',', Core.Audit.ClientAddressResolver.DefaultProxyNetworks);

    /// <summary>True to take credentials out of the raw archive too, which is then no longer verbatim.</summary>
    public bool RedactArchive { get; set; }

    /// <summary>Folder of rules; relative paths start at the app.</summary>
    [Required]
    public string RulesFolder { get; set; } = "rules";

    /// <summary>The model that judges until one has been trained; relative paths start at the app.</summary>
    [Required]
    public string ShippedModel { get; set; } = "ml-models/fleet.model";

    /// <summary>How long a published model may go unnoticed, in seconds.</summary>
    [Range(1, 600)]
    public int ModelReloadSeconds { get; set; } = 30;

    /// <summary>How long an alert waits for more detections of its incident, in seconds.</summary>
    [Range(0, 900)]
    public int AlertDelaySeconds { get; set; } = 30;

    /// <summary>Days of the archive to train on.</summary>
    [Range(1, 90)]
    public int TrainingDays { get; set; } = 14;
}
