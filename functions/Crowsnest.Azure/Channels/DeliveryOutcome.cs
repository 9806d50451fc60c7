namespace Crowsnest.Azure.Channels;

/// <summary>How sending ended.</summary>
public enum DeliveryOutcome
{
    /// <summary>The receiver took it.</summary>
    Accepted,

    /// <summary>It did not go out, or was refused for now.</summary>
    Temporary,

    /// <summary>It went out, and no answer came.</summary>
    Unsure,

    /// <summary>The receiver refused it for good.</summary>
    Refused,
}
