using Crowsnest.Azure.Correlation;
using Crowsnest.Azure.Storage;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>Finds surges and sequences in what has changed in a cluster, makes incidents of it, and asks for alerts.</summary>
public sealed class CorrelateClusterFunction(ClusterCorrelator job, ILogger<CorrelateClusterFunction> log)
{
    [Function("CorrelateCluster")]
    public async Task RunAsync(
        [QueueTrigger(StorageNames.CorrelateQueue, Connection = StorageClients.HostConnection)] string cluster,
        CancellationToken cancellationToken)
    {
        if (await job.RunAsync(cluster, cancellationToken) is { } outcome)
        {
            Log.Outcome(log, outcome);
        }
    }
}
