namespace Crowsnest.Azure.Storage;

/// <summary>Whether an alert may be sent.</summary>
public enum AlertClaim
{
    /// <summary>The caller sends it.</summary>
    Granted,

    /// <summary>It was sent before.</summary>
    AlreadySent,

    /// <summary>Another instance is sending it now.</summary>
    Busy,
}
