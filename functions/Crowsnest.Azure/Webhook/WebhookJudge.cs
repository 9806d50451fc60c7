using Crowsnest.Azure.Storage;
using Crowsnest.Core.Intake;

namespace Crowsnest.Azure.Webhook;

/// <summary>Makes a hub message of a body that was posted.</summary>
public static class WebhookJudge
{
    /// <summary>The partition that bodies count as.</summary>
    public const string Partition = "webhook";

    /// <summary>The message. Its place follows from its content: the same body sent again is the same blob in the archive.</summary>
    public static HubMessage MessageOf(WebhookBody body)
    {
        ReadOnlyMemory<byte> content = body.Content.ToMemory();
        return new HubMessage(content, HubMessage.PlaceOf(content.Span), body.Arrival, body.Cluster, IsOfOneCluster: true);
    }
}
