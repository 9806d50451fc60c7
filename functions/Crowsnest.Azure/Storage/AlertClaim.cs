namespace Crowsnest.Azure.Storage;

/// <summary>Whether an alert may be sent over a channel.</summary>
public enum AlertClaim
{
    /// <summary>The caller sends it.</summary>
    Granted,

    /// <summary>It was sent, or given up for good.</summary>
    Settled,

    /// <summary>
    /// Somebody is sending it. If that ends without a word, the claim can be taken over after
    /// <see cref="AlertTable.ClaimLasts"/>.
    /// </summary>
    Busy,

    /// <summary>It may have gone out twice already; once more would be too often.</summary>
    Unsure,
}
