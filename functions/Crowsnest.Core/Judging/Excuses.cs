using Crowsnest.Core.Audit;
using Crowsnest.Core.Detections;
using Crowsnest.Core.Features;
using Crowsnest.Core.Rules;
using Crowsnest.Core.Scoring;

namespace Crowsnest.Core.Judging;

/// <summary>Finds what excuses a finding: an operator's design, a habit, a model that can't know who is new. Not thread-safe.</summary>
internal sealed class Excuses(RuleSet rules, AnomalyModel? model)
{
    private readonly TraitReader? _reader = model?.CreateReader();
    private readonly EventTraits _traits = new();

    /// <summary>What excuses the finding of a rule, or null.</summary>
    internal Excuse? Of(EventView view, SigmaRule rule)
    {
        AuditEvent audit = view.Event;
        return DesignOf(view) is { } design && rule.Severity <= design.Operation.Most ? Of(design.Operator)
            : Habits.Reason(model?.Activity, rule, audit) is { } habit
                ? new Excuse(
                    IsElsewhere(view) ? habit with { Feature = Reason.HabitElsewhere } : habit,
                    rule.Severity > Severity.Low ? rule.Severity - 1 : rule.Severity)
            : null;
    }

    /// <summary>What excuses an odd event, or null.</summary>
    /// <param name="view">The event.</param>
    /// <param name="isAboutNewcomer">True when it is odd mainly because its principal was never seen.</param>
    internal Excuse? Of(EventView view, bool isAboutNewcomer) =>
        DesignOf(view) is { } design ? Of(design.Operator)
            : isAboutNewcomer && view.Event.PrincipalClass != PrincipalClass.Anonymous && !model!.IsOf(view.Event.Time)
                ? new Excuse(
                    new Reason(Reason.Foreign, "the model is not of these days: that it does not know somebody says nothing yet", 0),
                    Severity.Low)
            : null;

    private static Excuse Of(KnownOperator known) =>
        new(new Reason(Reason.ByDesign, $"{known.Name} does this by design: low at most, and no evidence", 0), Severity.Low);

    private (KnownOperator Operator, KnownOperation Operation)? DesignOf(EventView view) =>
        rules.Operators.Find(view.Event) is { } design && !IsElsewhere(view) ? design : null;

    // An account that was taken may be used with its own client's name and for what it does by habit. Where it is used from is harder
    // to choose.
    private bool IsElsewhere(EventView view)
    {
        if (model is null || _reader is null || !model.IsOf(view.Event.Time))
        {
            return false;
        }

        _reader.Read(view, _traits);
        Term network = _traits.Terms[(int)TraitName.Network];
        return network.IsPresent && model.Profile.ActiveHours(network.Principal) > 0
            && model.Profile.HoursWith(network.Principal, network.Value) == 0;
    }
}
