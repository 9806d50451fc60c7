using Crowsnest.Core.Detections;

namespace Crowsnest.Core.Rules;

/// <summary>A loaded Sigma correlation.</summary>
public sealed class CorrelationRule
{
    // Finer slots than a tenth of the span would cost more than they tell.
    private const int SlotsPerSpan = 10;

    public required RuleReference Reference { get; init; }

    /// <summary>The short name by which other correlations may refer to it, or empty.</summary>
    public string Name { get; init; } = "";

    public string Description { get; init; } = "";

    public required CorrelationType Type { get; init; }

    /// <summary>Ids of the rules and correlations it is about, in order.</summary>
    public required IReadOnlyList<string> Rules { get; init; }

    /// <summary>Names of the fields it groups by; an alias may stand for another field of each rule.</summary>
    public required IReadOnlyList<string> GroupBy { get; init; }

    public required TimeSpan Timespan { get; init; }

    public required CountCondition Condition { get; init; }

    /// <summary>The field whose values are counted or must be new, or empty.</summary>
    public string CountedField { get; init; } = "";

    /// <summary>True to let its rules make detections of their own.</summary>
    public bool Generate { get; init; }

    /// <summary>Extension: how many times what is usual for the group a count has to reach; 0 to go by the condition alone.</summary>
    public double TimesUsual { get; init; }

    /// <summary>Rows of the field's table of behaviours that it serves.</summary>
    public IReadOnlyList<int> Rows { get; init; } = [];

    public Severity Severity { get; init; }

    public IReadOnlyList<string> Tactics { get; init; } = [];

    public IReadOnlyList<string> Techniques { get; init; } = [];

    public IReadOnlyList<string> FalsePositives { get; init; } = [];

    /// <summary>The file it came from.</summary>
    public string File { get; init; } = "";

    /// <summary>Length of a slot in minutes. Order within a slot is lost but for first and last, so sequences have short ones.</summary>
    public int SlotMinutes => Type is CorrelationType.EventCount or CorrelationType.ValueCount
        ? Math.Max(1, (int)(Timespan.TotalMinutes / SlotsPerSpan)) : 1;

    /// <summary>What the counted field adds to the group: a value that must be new stands for itself.</summary>
    internal IReadOnlyList<string> GroupFields => Type == CorrelationType.FirstSeen ? [.. GroupBy, CountedField] : GroupBy;

    /// <summary>For each of its rules the fields to read: the group's, in order.</summary>
    internal IReadOnlyDictionary<string, IReadOnlyList<string>> FieldsOfRule { get; init; }
        = new Dictionary<string, IReadOnlyList<string>>();
}
