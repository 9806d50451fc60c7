namespace Crowsnest.Core.Incidents;

/// <summary>Where the work on an incident stands.</summary>
public enum CaseState
{
    /// <summary>Nobody has looked at it.</summary>
    New,

    /// <summary>Somebody is looking at it.</summary>
    InProgress,

    /// <summary>Closed: it was an attack.</summary>
    Attack,

    /// <summary>Closed: it was meant to happen.</summary>
    Expected,

    /// <summary>Closed: it belongs to another incident.</summary>
    Duplicate,
}
