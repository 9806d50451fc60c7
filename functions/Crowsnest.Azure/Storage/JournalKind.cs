namespace Crowsnest.Azure.Storage;

/// <summary>What became of an alert.</summary>
public enum JournalKind
{
    /// <summary>A channel took it.</summary>
    Sent,

    /// <summary>A channel refused it for good, or a day of trying was in vain.</summary>
    Failed,

    /// <summary>Twice the connection broke off when it had gone out: nobody can tell whether it arrived.</summary>
    Unconfirmed,

    /// <summary>The daily budget was used up.</summary>
    OverBudget,

    /// <summary>The cluster is new: it is told with the others of its first days.</summary>
    FirstDays,

    /// <summary>A suppression hides it.</summary>
    Suppressed,

    /// <summary>A message of the queue that is no alert.</summary>
    Unreadable,
}
