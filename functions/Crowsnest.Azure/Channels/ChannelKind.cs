namespace Crowsnest.Azure.Channels;

/// <summary>What a webhook speaks.</summary>
public enum ChannelKind
{
    /// <summary>An incoming webhook of Slack.</summary>
    Slack,

    /// <summary>A webhook of Microsoft Teams, made with Workflows.</summary>
    Teams,

    /// <summary>PagerDuty's Events API v2; the secret is the routing key.</summary>
    PagerDuty,

    /// <summary>CloudEvents 1.0 in JSON, signed with the secret.</summary>
    CloudEvents,
}
