using System.ComponentModel.DataAnnotations;
using Crowsnest.Core.Detections;

namespace Crowsnest.Azure;

/// <summary>Settings of the pipeline, section <c>Crowsnest</c>.</summary>
public sealed class CrowsnestOptions : IValidatableObject
{
    public const string Section = "Crowsnest";

    /// <summary>Cluster of events whose envelope names none.</summary>
    [Required]
    public string DefaultCluster { get; set; } = "default";

    /// <summary>False alerts a day that the model's threshold is set for.</summary>
    [Range(0.01, 1000)]
    public double FalseAlertsPerDay { get; set; } = Core.Judging.Judge.DefaultFalseAlertsPerDay;

    /// <summary>Networks of the platform's own proxies, taken off <c>sourceIPs</c> from the right, separated by commas.</summary>
    [Required]
    public string ProxyNetworks { get; set; } = string.Join(',', Core.Audit.ClientAddressResolver.DefaultProxyNetworks);

    /// <summary>True to take credentials out of the raw archive too, which is then no longer verbatim.</summary>
    public bool RedactArchive { get; set; }

    /// <summary>
    /// Detections below this are not stored. Informational ones are context, many, and can be had again from the archive.
    /// </summary>
    public Severity LowestSeverity { get; set; } = Severity.Low;

    /// <summary>Folder of the rules that ship; relative paths start at the app.</summary>
    [Required]
    public string RulesFolder { get; set; } = "rules";

    /// <summary>The model that judges until one has been trained; relative paths start at the app.</summary>
    [Required]
    public string ShippedModel { get; set; } = "ml-models/fleet.model";

    /// <summary>Folder of the user's own rules, lists and filters, beside those in the blob container <c>rules</c>; or empty.</summary>
    public string UserRulesFolder { get; set; } = "";

    /// <summary>How long a published model or a changed rule may go unnoticed, in seconds.</summary>
    [Range(1, 600)]
    public int ReloadSeconds { get; set; } = 30;

    /// <summary>How long an alert waits for more detections of its incident, in seconds.</summary>
    [Range(0, 900)]
    public int AlertDelaySeconds { get; set; }

    /// <summary>True to put findings of level high and critical into incidents within seconds; false to wait for the next minute.</summary>
    public bool CorrelateAtOnce { get; set; } = true;

    /// <summary>Alerts a cluster may give a day; what exceeds them is kept and counted.</summary>
    [Range(1, 10_000)]
    public int AlertsPerDay { get; set; } = 30;

    /// <summary>
    /// Days in which a cluster that has no model of as many is new: what is neither critical nor led from one identity to another is told
    /// together, after eight hours and at the end of each day. 0 to tell everything one by one from the start.
    /// </summary>
    [Range(0, 14)]
    public int FirstDays { get; set; } = Core.Incidents.FirstDays.Default;

    /// <summary>Address of the function app as readers of alerts reach it; empty for the one that Azure gives it.</summary>
    [RegularExpression("^https?://.+")]
    public string PublicUrl { get; set; } = "";

    /// <summary>How long the links in an alert work, in days.</summary>
    [Range(1, 90)]
    public int AnswerDays { get; set; } = 14;

    /// <summary>How late events may come before what is missing is taken for missing, in minutes.</summary>
    [Range(0, 1440)]
    public int LatenessMinutes { get; set; } = 10;

    /// <summary>More than this share of a feed's records unreadable is an incident.</summary>
    [Range(0.001, 1)]
    public double UnreadableShare { get; set; } = 0.2;

    /// <summary>Fewer unreadable records than this within an hour are none, whatever their share.</summary>
    [Range(1, 1_000_000)]
    public int UnreadableRecords { get; set; } = 50;

    /// <summary>
    /// The clusters that send into the feed, by their names as in alerts or by their resource ids, separated by commas. Empty to
    /// take those of the first day for announced.
    /// </summary>
    public string AnnouncedClusters { get; set; } = "";

    /// <summary>Days that detections and incidents are kept in the tables.</summary>
    [Range(30, 4000)]
    public int FindingDays { get; set; } = 400;

    /// <summary>Days that it is kept what became of alerts.</summary>
    [Range(30, 4000)]
    public int AlertDays { get; set; } = 90;

    /// <summary>Days of the archive to train on.</summary>
    [Range(1, 90)]
    public int TrainingDays { get; set; } = 14;

    /// <summary>How many trained models are kept to go back to.</summary>
    [Range(1, 1000)]
    public int ModelsKept { get; set; } = 14;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (string network in ProxyNetworks
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(static network => !System.Net.IPNetwork.TryParse(network, out _)))
        {
            yield return new ValidationResult($"'{network}' is no network such as 172.31.0.0/16", [nameof(ProxyNetworks)]);
        }

        if (UserRulesFolder.Length > 0 && !Directory.Exists(UserRulesFolder))
        {
            yield return new ValidationResult($"there is no folder {UserRulesFolder}", [nameof(UserRulesFolder)]);
        }
    }
}
