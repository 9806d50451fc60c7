namespace Crowsnest.Core.Rules;

/// <summary>Kinds of correlation (Sigma correlations 2.1); the last two are extensions of Crowsnest.</summary>
public enum CorrelationType
{
    /// <summary>So many events.</summary>
    EventCount,

    /// <summary>So many distinct values of a field.</summary>
    ValueCount,

    /// <summary>All rules, in any order.</summary>
    Temporal,

    /// <summary>All rules, in their order.</summary>
    TemporalOrdered,

    /// <summary>Extension: a value that its group never had in the days that were learned from.</summary>
    FirstSeen,

    /// <summary>Extension: the first rule without the second within the time span.</summary>
    Absent,
}
