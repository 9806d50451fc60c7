namespace Crowsnest.Azure.Channels;

/// <summary>What came of sending.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Detail">What the receiver said, or what went wrong. Never a secret.</param>
public sealed record Delivery(DeliveryOutcome Outcome, string Detail = "")
{
    /// <summary>How long the receiver wants to be left alone, if it said so.</summary>
    public TimeSpan? RetryAfter { get; init; }
}
