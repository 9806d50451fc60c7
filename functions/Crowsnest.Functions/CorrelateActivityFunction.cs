using Crowsnest.Azure.Correlation;
using Microsoft.Azure.Functions.Worker;

namespace Crowsnest.Functions;

/// <summary>Asks for the clusters to be correlated in which something has changed.</summary>
public sealed class CorrelateActivityFunction(ActivityCorrelator job, ILogger<CorrelateActivityFunction> log)
{
    [Function("CorrelateActivity")]
    public async Task RunAsync([TimerTrigger("0 * * * * *", UseMonitor = false)] TimerInfo timer, CancellationToken cancellationToken)
    {
        if (await job.RunAsync(cancellationToken) is > 0 and int clusters)
        {
            Log.Outcome(log, clusters == 1 ? "asked for 1 cluster" : $"asked for {clusters} clusters");
        }
    }
}
