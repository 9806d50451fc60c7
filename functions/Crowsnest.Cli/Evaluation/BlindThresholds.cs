using System.Globalization;
using Crowsnest.Core.Audit;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Cli.Evaluation;

/// <summary>
/// Holds the model to its word: with thresholds set on its history alone, how many false alerts did a budget really give? The
/// unit is the model's own, an actor on a day.
/// </summary>
internal sealed class BlindThresholds(AnomalyModel model)
{
    private static readonly double[] Budgets = [1, 3, 10];

    private readonly TraitReader _reader = model.CreateReader();
    private readonly SurpriseMemo _memo = new(model.Profile);
    private readonly EventTraits _traits = new();
    private readonly Dictionary<(string Actor, DateTime Day), double> _benign = [];
    private readonly Dictionary<string, double> _attacks = new(StringComparer.Ordinal);

    internal void Add(AuditEvent audit, string? attack)
    {
        using EventView view = new(audit);
        _reader.Read(view, _traits);
        double expected = model.Score(_traits, _memo).ExpectedPerDay;
        if (attack is not null)
        {
            _attacks[attack] = Math.Min(_attacks.GetValueOrDefault(attack, double.PositiveInfinity), expected);
        }
        else
        {
            (string, DateTime) unit = (_traits.Actor, _traits.Time.UtcDateTime.Date);
            _benign[unit] = Math.Min(_benign.GetValueOrDefault(unit, double.PositiveInfinity), expected);
        }
    }

    internal void Print(double days)
    {
        foreach (double budget in Budgets)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"model, blind, nominal {budget,2} a day: "
                + $"{_attacks.Values.Count(expected => expected <= budget)} of {_attacks.Count} detected, "
                + $"{_benign.Values.Count(expected => expected <= budget) / days:0.0} false a day"));
        }
    }
}
