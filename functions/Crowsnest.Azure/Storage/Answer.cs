namespace Crowsnest.Azure.Storage;

/// <summary>What an analyst says of an incident.</summary>
public enum Answer
{
    /// <summary>It was an attack: nothing of it may become usual.</summary>
    Attack,

    /// <summary>It was meant to happen, and may become usual.</summary>
    Expected,

    /// <summary>It is not to alert for a while.</summary>
    Suppress,
}
