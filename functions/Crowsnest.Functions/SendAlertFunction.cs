using Crowsnest.Azure.Alerts;
using Crowsnest.Azure.Storage;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>Sends an alert that was asked for.</summary>
public sealed class SendAlertFunction(AlertSender sender)
{
    [Function("SendAlert")]
    public Task RunAsync(
        [QueueTrigger(StorageNames.AlertsQueue, Connection = StorageClients.HostConnection)] string alert,
        CancellationToken cancellationToken) => sender.SendAsync(
            AlertMessage.Parse(alert) ?? throw new InvalidDataException("the queue message is not an alert message"), cancellationToken);
}
