namespace Crowsnest.Azure.Storage;

/// <summary>Whether an alert may be sent.</summary>
public enum AlertClaim
{
    /// <summary>The caller sends it.</summary>
    Granted,

    /// <summary>It was sent before.</summary>
    AlreadySent,

    /// <summary>Another message about the same incident is being dealt with, and comes back if that fails.</summary>
    Busy,
}
