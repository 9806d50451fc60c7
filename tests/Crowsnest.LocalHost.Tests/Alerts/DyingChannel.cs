using Crowsnest.Azure.Channels;
using Crowsnest.Core.Alerting;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>Sends, and takes its instance down before that can be recorded.</summary>
internal sealed class DyingChannel(CancellationTokenSource killed) : IAlertChannel
{
    internal List<string> Sent { get; } = [];

    public string Name => "dying";

    public AlertRoute Route => AlertRoute.Everything;

    public bool MayRepeat => false;

    public async Task<Delivery> SendAsync(AlertContent alert, CancellationToken cancellationToken)
    {
        Sent.Add(alert.MessageId);
        if (Sent.Count == 1)
        {
            await killed.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new Delivery(DeliveryOutcome.Accepted);
    }
}
