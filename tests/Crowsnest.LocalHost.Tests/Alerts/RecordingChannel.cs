using Crowsnest.Azure.Channels;
using Crowsnest.Core.Alerting;

namespace Crowsnest.LocalHost.Tests.Alerts;

/// <summary>Remembers which incidents it was told.</summary>
internal sealed class RecordingChannel(AlertRoute route) : IAlertChannel
{
    internal List<string> Sent { get; } = [];

    public string Name => "recording";

    public AlertRoute Route => route;

    public bool MayRepeat => false;

    public Task<Delivery> SendAsync(AlertContent alert, CancellationToken cancellationToken)
    {
        Sent.Add(alert.IncidentId);
        return Task.FromResult(new Delivery(DeliveryOutcome.Accepted));
    }
}
