namespace Crowsnest.Core.Detections;

/// <summary>One reason for a detection.</summary>
/// <param name="Feature">The field or feature.</param>
/// <param name="Text">A sentence with the numbers behind it.</param>
/// <param name="Value">The feature's contribution, or 0.</param>
public sealed record Reason(string Feature, string Text, double Value)
{
    /// <summary>The feature of the reason that says which rule matched, and on what.</summary>
    internal const string OfRule = "rule";

    /// <summary>The feature of the reason that says how rare the model takes it to be.</summary>
    internal const string Rarity = "rarity";

    /// <summary>The feature of the reason that says that whoever did it, or their team, does it as a habit.</summary>
    internal const string Habit = "baseline";

    /// <summary>The same, from a network where they were never seen: it is a level lower, and evidence nevertheless.</summary>
    internal const string HabitElsewhere = "baseline-elsewhere";

    /// <summary>The feature of the reason that names the operator that does this by design.</summary>
    internal const string ByDesign = "operator";

    /// <summary>The feature of the reason that says that the model can't know who is new.</summary>
    internal const string Foreign = "foreign";
}
