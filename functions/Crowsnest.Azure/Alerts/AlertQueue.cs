using Azure.Storage.Queues;
using Crowsnest.Azure.Storage;
using Crowsnest.Core.Incidents;
using Microsoft.Extensions.Options;

namespace Crowsnest.Azure.Alerts;

/// <summary>The queue between judging and telling.</summary>
public sealed class AlertQueue(StorageClients storage, IOptions<CrowsnestOptions> options)
{
    private readonly QueueClient _queue = storage.Queues.GetQueueClient(StorageNames.AlertsQueue);

    /// <summary>Asks for an alert about the incident, after the delay in which more of it may come in.</summary>
    public Task SendAsync(Incident incident, int revision, CancellationToken cancellationToken) => _queue.SendMessageAsync(
        new AlertMessage(incident.Cluster, incident.Day, incident.Id, incident.Actor, revision).ToJson(),
        visibilityTimeout: TimeSpan.FromSeconds(options.Value.AlertDelaySeconds),
        timeToLive: TimeSpan.FromDays(7),
        cancellationToken: cancellationToken);
}
