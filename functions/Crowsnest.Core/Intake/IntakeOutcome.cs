namespace Crowsnest.Core.Intake;

/// <summary>What became of a record; every record has exactly one.</summary>
public enum IntakeOutcome
{
    /// <summary>An audit event, read whole.</summary>
    Parsed,

    /// <summary>An audit event that was cut; what came before the cut is judged.</summary>
    Salvaged,

    /// <summary>An audit event and stage that this batch already held.</summary>
    Duplicate,

    /// <summary>A record of another log category that shares the hub.</summary>
    OtherCategory,

    /// <summary>Could not be read; kept aside with the reason.</summary>
    Quarantined,
}
