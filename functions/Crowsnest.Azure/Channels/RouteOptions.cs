using System.ComponentModel.DataAnnotations;
using Crowsnest.Core.Alerting;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Rules;

namespace Crowsnest.Azure.Channels;

/// <summary>Which alerts a channel gets, and when.</summary>
public class RouteOptions : IValidatableObject
{
    /// <summary>Lesser alerts it does not get.</summary>
    public Severity LowestSeverity { get; set; } = Severity.Informational;

    /// <summary>Clusters whose alerts it gets, separated by commas; empty for all.</summary>
    public string Clusters { get; set; } = "";

    /// <summary>ATT&amp;CK tactics, separated by commas, of which an alert must have one; empty for all.</summary>
    public string Tactics { get; set; } = "";

    /// <summary>Hours such as <c>22:00-07:00</c> in which alerts below <see cref="QuietBelow"/> wait; empty for none.</summary>
    public string QuietHours { get; set; } = "";

    /// <summary>Alerts of this severity and above come at any hour.</summary>
    public Severity QuietBelow { get; set; } = Severity.High;

    /// <summary>Time zone of the quiet hours, for example <c>Europe/Berlin</c>.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>The route.</summary>
    public AlertRoute ToRoute() => new(LowestSeverity, Split(Clusters), Split(Tactics), Quiet());

    public virtual IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (QuietHours.Length > 0 && Quiet() is null)
        {
            yield return new ValidationResult(
                $"QuietHours '{QuietHours}' in time zone '{TimeZone}': give hours such as 22:00-07:00 and a zone such as Europe/Berlin",
                [nameof(QuietHours)]);
        }

        foreach (string tactic in Split(Tactics).Except(AttackCatalogue.AllTactics))
        {
            yield return new ValidationResult(
                $"'{tactic}' is not a tactic; there are {string.Join(", ", AttackCatalogue.AllTactics)}", [nameof(Tactics)]);
        }
    }

    private QuietHours? Quiet() =>
        QuietHours.Length == 0 ? null : Core.Alerting.QuietHours.Parse(QuietHours, TimeZone, QuietBelow);

    private static string[] Split(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
