using System.Globalization;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Judging;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Azure.Investigation;

/// <summary>What the model says of single events: how rarely one like it is expected, and why. Not thread-safe.</summary>
/// <param name="model">The model.</param>
internal sealed class SurpriseReader(AnomalyModel model)
{
    private const int MostReasons = 2;

    // No model has seen so long a time.
    private const int MostDays = 1_000;

    // Nothing is too usual to be told.
    private readonly Judge _judge = new(RuleSet.Empty, model, double.PositiveInfinity);
    private readonly AuditEventParser _parser = new();

    /// <summary>Asks the model.</summary>
    /// <param name="json">The event.</param>
    /// <param name="cluster">Its cluster.</param>
    /// <param name="time">Its time.</param>
    /// <returns>
    /// Days in which one event as unusual is expected in the cluster, and the reasons that weigh most; null for what is no event.
    /// </returns>
    internal (double Days, string Why)? Of(string json, string cluster, DateTimeOffset time)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(json);
        if (_parser.Parse(bytes, cluster, time, out AuditEvent? audit) is not (AuditParseStatus.Parsed or AuditParseStatus.Salvaged))
        {
            return null;
        }

        List<Detection> found = [];
        _judge.Add(audit!, new Evidence("", 0), found);
        return found.Find(static detection => detection.Source == DetectionSource.Model) is { } said
            ? (Math.Exp(said.Score), string.Join("; ", said.Reasons.Where(IsWhy).Take(MostReasons).Select(static why => why.Text))) : null;
    }

    /// <summary>How often acts as unusual are expected, for people.</summary>
    internal static string Text(double days) => days >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"once in {Math.Min(days, MostDays):0} days{(days > MostDays ? " or more" : "")}")
        : string.Create(CultureInfo.InvariantCulture, $"{1 / days:0} times a day");

    // How rare it is, is said beside it.
    private static bool IsWhy(Reason reason) => reason.Feature != "rarity";
}
